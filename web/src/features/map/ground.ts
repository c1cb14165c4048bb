/** The installation's own tiles under our layers: PMTiles, an XYZ template or a whole style. */

import { addProtocol, type LayerSpecification, type Map } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { foreign } from "@/api/client";
import type { MapGround } from "@/api/types";
import { GROUND_LAYERS } from "./mapStyle";

const SOURCE = "own-ground";
const FIRST_OF_OURS = "region-borders";
let known: Protocol | null = null;

function protocol(): Protocol {
  if (!known) {
    known = new Protocol();
    addProtocol("pmtiles", known.tile);
  }
  return known;
}

/** Puts own tiles under borders, names and vans. */
export async function layGround(map: Map, ground: MapGround): Promise<void> {
  if (ground.kind === "builtin" || !ground.url || map.getSource(SOURCE)) return;
  const url = new URL(ground.url, location.href).href;
  if (ground.kind === "xyz") {
    const tiles = [decodeURI(url)];
    map.addSource(SOURCE, {
      type: "raster",
      tiles,
      tileSize: 256,
      attribution: ground.attribution,
    });
    map.addLayer({ id: SOURCE, type: "raster", source: SOURCE }, FIRST_OF_OURS);
  } else if (ground.kind === "pmtiles") {
    await layArchive(map, url, ground.attribution);
  } else {
    await layStyle(map, url);
  }
  for (const layer of GROUND_LAYERS) map.setLayoutProperty(layer, "visibility", "none");
}

async function layArchive(map: Map, url: string, attribution: string): Promise<void> {
  const archive = new PMTiles(url);
  protocol().add(archive);
  const { tileType } = await archive.getHeader();
  const source = { url: `pmtiles://${url}`, attribution };
  if (tileType !== TileType.Mvt) {
    map.addSource(SOURCE, { type: "raster", ...source });
    map.addLayer({ id: SOURCE, type: "raster", source: SOURCE }, FIRST_OF_OURS);
    return;
  }
  map.addSource(SOURCE, { type: "vector", ...source });
  const metadata = (await archive.getMetadata()) as { vector_layers?: { id: string }[] };
  for (const layer of vectorLayers((metadata.vector_layers ?? []).map(({ id }) => id))) {
    map.addLayer(layer, FIRST_OF_OURS);
  }
}

/** A sober look for whatever layers an archive has, told by their usual names. */
export function vectorLayers(names: readonly string[]): LayerSpecification[] {
  return names.flatMap((name): LayerSpecification[] => {
    const layer = { id: `${SOURCE}-${name}`, source: SOURCE, "source-layer": name };
    if (/water|ocean|lake/.test(name)) {
      return [{ ...layer, type: "fill", paint: { "fill-color": "#17374d" } }];
    }
    if (/earth|land|natural|park/.test(name)) {
      return [{ ...layer, type: "fill", paint: { "fill-color": "#1b232a" } }];
    }
    if (/building/.test(name)) {
      return [{ ...layer, type: "fill", minzoom: 13, paint: { "fill-color": "#27313a" } }];
    }
    if (/road|transport|street|highway/.test(name)) {
      return [{ ...layer, type: "line", paint: { "line-color": "#55636f", "line-width": 1.2 } }];
    }
    if (/bound|admin/.test(name)) {
      return [{ ...layer, type: "line", paint: { "line-color": "#4d5b67", "line-width": 1 } }];
    }
    return [];
  });
}

/** A style of somebody's own: its sources and layers go under ours, its glyphs and sprite too. */
async function layStyle(map: Map, url: string): Promise<void> {
  const style = await foreign<{
    glyphs?: string;
    sources: Record<string, Parameters<Map["addSource"]>[1]>;
    layers: LayerSpecification[];
  }>(url);
  if (style.glyphs) map.setGlyphs(new URL(style.glyphs, url).href);
  for (const [name, source] of Object.entries(style.sources)) {
    map.addSource(`${SOURCE}-${name}`, source);
  }
  for (const layer of style.layers) {
    const moved =
      "source" in layer && typeof layer.source === "string"
        ? { ...layer, source: `${SOURCE}-${layer.source}` }
        : layer;
    map.addLayer({ ...moved, id: `${SOURCE}-${layer.id}` } as LayerSpecification, FIRST_OF_OURS);
  }
}
