/** The installation's own tiles under our layers: PMTiles, an XYZ template or a whole style. */

import { addProtocol, type LayerSpecification, type Map } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { ApiProblem, foreign } from "@/api/client";
import type { Language, MapGround } from "@/api/types";
import { GroundProblem, resolved, styleSources, type ForeignStyle } from "./groundStyle";
import { USUAL_LAYERS, vectorLayers, VILLAGE_ZOOM } from "./groundLook";

/** Sources and layers of own tiles begin with this. */
export const OWN = "own-ground";
const FIRST_OF_OURS = "region-borders";
/** Names that whole foreign maps write themselves, so ours would stand there twice. */
const OUR_NAMES = ["places", "lake-names"];
let known: Protocol | null = null;

function protocol(): Protocol {
  if (!known) {
    known = new Protocol();
    addProtocol("pmtiles", known.tile);
  }
  return known;
}

/**
 * Lays own tiles above our ground and under borders and vans; where they have nothing, ours shows.
 *
 * Throws GroundProblem before anything is laid.
 */
export async function layGround(map: Map, ground: MapGround, language: Language): Promise<void> {
  if (ground.kind === "builtin" || !ground.url || isLaid(map)) return;
  const url = resolved(ground.url, location.href);
  const { attribution } = ground;
  if (ground.kind === "style") {
    await layStyle(map, url, ground);
  } else if (ground.kind === "pmtiles") {
    await layArchive(map, url, attribution, language);
  } else if (/\.(mvt|pbf)\b/.test(url)) {
    map.addSource(OWN, { type: "vector", tiles: [url], attribution });
    layVector(map, USUAL_LAYERS, language);
  } else {
    map.addSource(OWN, { type: "raster", tiles: [url], tileSize: 256, attribution });
    map.addLayer({ id: OWN, type: "raster", source: OWN }, FIRST_OF_OURS);
  }
}

const isLaid = (map: Map) => Object.keys(map.getStyle().sources).some((id) => id.startsWith(OWN));

/** Hides what a foreign map writes itself, once it is seen that it comes. */
export function yieldNames(map: Map): void {
  const writesItself =
    map.getLayer(OWN) !== undefined || map.getLayer(`${OWN}-style`) !== undefined;
  for (const layer of OUR_NAMES) {
    map.setLayoutProperty(layer, "visibility", writesItself ? "none" : "visible");
  }
}

async function layArchive(map: Map, url: string, attribution: string, language: Language) {
  const archive = new PMTiles(url);
  const { tileType, layers } = await lookInto(archive, url);
  protocol().add(archive);
  const source = { url: `pmtiles://${url}`, attribution };
  if (tileType === TileType.Mvt) {
    map.addSource(OWN, { type: "vector", ...source });
    layVector(map, layers, language);
  } else {
    map.addSource(OWN, { type: "raster", ...source });
    map.addLayer({ id: OWN, type: "raster", source: OWN }, FIRST_OF_OURS);
  }
}

async function lookInto(archive: PMTiles, url: string) {
  try {
    const { tileType } = await archive.getHeader();
    const metadata = (await archive.getMetadata()) as { vector_layers?: { id: string }[] };
    return { tileType, layers: (metadata.vector_layers ?? []).map(({ id }) => id) };
  } catch (error) {
    const said = String(error);
    if (/Byte Serving/.test(said)) throw new GroundProblem("no_ranges", url);
    // The browser says no more of a server that it cannot reach than "TypeError".
    const unreached = error instanceof TypeError || /response code/.test(said);
    throw new GroundProblem(unreached ? "unreachable" : "not_archive", url);
  }
}

function layVector(map: Map, names: readonly string[], language: Language): void {
  const made = vectorLayers(OWN, names, language);
  for (const layer of made) map.addLayer(layer, FIRST_OF_OURS);
  if (made.some(({ type }) => type === "symbol")) map.setLayerZoomRange("places", 0, VILLAGE_ZOOM);
}

/** A style of somebody's own goes under ours; its names are drawn with this page's fonts. */
async function layStyle(map: Map, url: string, ground: MapGround): Promise<void> {
  const style = await readStyle(url);
  const allowed = [location.origin, ...ground.origins];
  const sources = styleSources(style, url, allowed, ground.attribution);
  if (style.sprite) map.setSprite(resolved(style.sprite, url));
  for (const [name, source] of Object.entries(sources)) map.addSource(`${OWN}-${name}`, source);
  const mark = `${OWN}-style`;
  map.addLayer({ id: mark, type: "background", layout: { visibility: "none" } }, FIRST_OF_OURS);
  for (const layer of style.layers) {
    const moved =
      "source" in layer && typeof layer.source === "string"
        ? { ...layer, source: `${OWN}-${layer.source}` }
        : layer;
    map.addLayer({ ...moved, id: `${OWN}-${layer.id}` } as LayerSpecification, FIRST_OF_OURS);
  }
}

async function readStyle(url: string): Promise<ForeignStyle> {
  try {
    const style = await foreign<Partial<ForeignStyle>>(url);
    if (style.sources && style.layers)
      return { ...style, sources: style.sources, layers: style.layers };
  } catch (error) {
    if (error instanceof ApiProblem) throw new GroundProblem("unreachable", url);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new GroundProblem("not_style", url);
}
