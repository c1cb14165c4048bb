/** A sober look for whatever layers vector tiles have, told by their usual names. Pure. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Language } from "@/api/types";

/** From here on the tiles' own places are named, which have more villages than ours. */
export const VILLAGE_ZOOM = 9;
/** What tiles without a list of their layers usually have. */
export const USUAL_LAYERS = [
  "earth",
  "landcover",
  "landuse",
  "park",
  "water",
  "waterway",
  "building",
  "buildings",
  "roads",
  "transportation",
  "boundaries",
  "boundary",
  "places",
  "place",
];

type Look = (id: { id: string; source: string; "source-layer": string }) => LayerSpecification;

/** A name in the person's language, else whatever the tiles have. */
const nameOf = (language: Language): ExpressionSpecification => [
  "coalesce",
  ["get", `name:${language}`],
  ["get", `name_${language}`],
  ["get", "name:ru"],
  ["get", "name"],
];

/** From the bottom up: land under water under roads under names. */
const looks = (language: Language): [RegExp, Look][] => [
  [
    /earth|land|natural|park/,
    (of) => ({ ...of, type: "fill", paint: { "fill-color": "#1b232a" } }),
  ],
  [
    /waterway|river/,
    (of) => ({ ...of, type: "line", paint: { "line-color": "#1f4c69", "line-width": 1 } }),
  ],
  [
    /water|ocean|lake/,
    (of) => ({
      ...of,
      type: "fill",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": "#17374d" },
    }),
  ],
  [/building/, (of) => ({ ...of, type: "fill", minzoom: 13, paint: { "fill-color": "#27313a" } })],
  [
    /road|transport|street|highway/,
    (of) => ({
      ...of,
      type: "line",
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": "#55636f",
        "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 5, 0.6, 12, 2, 18, 12],
      },
    }),
  ],
  [
    /bound|admin/,
    (of) => ({ ...of, type: "line", paint: { "line-color": "#4d5b67", "line-width": 1 } }),
  ],
  [
    /place|settlement|village/,
    (of) => ({
      ...of,
      type: "symbol",
      minzoom: VILLAGE_ZOOM,
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "text-field": nameOf(language),
        "text-font": ["Noto Sans Variable"],
        "text-size": 12,
      },
      paint: {
        "text-color": "#dfe6ec",
        "text-halo-color": "#0c1013",
        "text-halo-width": 1.5,
      },
    }),
  ],
];

export function vectorLayers(
  source: string,
  names: readonly string[],
  language: Language,
): LayerSpecification[] {
  const known = looks(language);
  const made = names.flatMap((name) => {
    const rank = known.findIndex(([says]) => says.test(name));
    const look = known[rank]?.[1];
    if (!look) return [];
    return [{ rank, layer: look({ id: `${source}-${name}`, source, "source-layer": name }) }];
  });
  return made.sort((one, other) => one.rank - other.rank).map(({ layer }) => layer);
}
