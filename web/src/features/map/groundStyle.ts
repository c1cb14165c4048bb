/** Reading a foreign style: whole addresses, and none that the setting does not name. Pure. */

import type { LayerSpecification, SourceSpecification } from "maplibre-gl";

export type GroundReason =
  "missing" | "not_archive" | "no_ranges" | "not_style" | "unreachable" | "stranger" | "no_tiles";

/** Why own tiles cannot be shown; `where` is a host or an address. */
export class GroundProblem extends Error {
  override name = "GroundProblem";
  constructor(
    readonly reason: GroundReason,
    readonly where: string,
  ) {
    super(`${reason}: ${where}`);
  }
}

export interface ForeignStyle {
  sprite?: string;
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

/** An address made whole; the braces of a template stay. */
export function resolved(address: string, base: string): string {
  return new URL(address, base).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

/**
 * The sources of a style with whole addresses.
 *
 * Throws GroundProblem where one asks an origin that is not allowed: the page's policy would
 * refuse it silently.
 */
export function styleSources(
  style: ForeignStyle,
  base: string,
  allowed: readonly string[],
  attribution: string,
): Record<string, SourceSpecification> {
  const whole = (address: string) => {
    const url = resolved(address, base);
    const { origin, protocol } = new URL(url);
    if (protocol !== "data:" && !allowed.includes(origin)) {
      throw new GroundProblem("stranger", origin);
    }
    return url;
  };
  if (style.sprite) whole(style.sprite);
  const entries = Object.entries(style.sources).map(([name, source]) => {
    const made: Record<string, unknown> = { ...source };
    if (typeof made["url"] === "string") made["url"] = whole(made["url"]);
    if (typeof made["data"] === "string") made["data"] = whole(made["data"]);
    if (Array.isArray(made["tiles"]))
      made["tiles"] = made["tiles"].map((one) => whole(String(one)));
    if (source.type === "vector" || source.type === "raster") made["attribution"] ??= attribution;
    return [name, made as unknown as SourceSpecification] as const;
  });
  return Object.fromEntries(entries);
}
