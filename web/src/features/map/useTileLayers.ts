import type { Map, VectorSourceSpecification } from "maplibre-gl";
import { useEffect } from "react";
import { useLanguage } from "@/i18n";
import { corridorWidth } from "./vanLayers";

/** Layers too heavy for GeoJSON, which come as vector tiles of what is looked at. */
export interface Heavy {
  /** Every planned route. */
  routes: boolean;
  /** Where vans were that day. */
  fixes: boolean;
}

export const NO_HEAVY: Heavy = { routes: false, fixes: false };
const UNDER = "corridor";
/** Below this a day of a large fleet is too much to count in one tile. */
const FIXES_FROM_ZOOM = 6;
const DEEPEST_TILE = 14;

export const tilesUrl = (layer: keyof Heavy, query: Record<string, string> = {}): string => {
  const search = new URLSearchParams(query).toString();
  const path = `/api/v1/map/${layer}/{z}/{x}/{y}.mvt`;
  return location.origin + path + (search ? `?${search}` : "");
};

function source(url: string, minzoom: number): VectorSourceSpecification {
  return { type: "vector", tiles: [url], minzoom, maxzoom: DEEPEST_TILE };
}

function remove(map: Map, name: string): void {
  if (!map.style) return; // the map itself is gone
  for (const { id } of map
    .getStyle()
    .layers.filter((one) => "source" in one && one.source === name)) {
    map.removeLayer(id);
  }
  map.removeSource(name);
}

export function useTileLayers(map: Map | null, wanted: Heavy, from: string, to: string): void {
  const language = useLanguage();
  useEffect(() => {
    if (!map || !wanted.routes) return;
    const of = { source: "all-routes", "source-layer": "routes" } as const;
    map.addSource("all-routes", source(tilesUrl("routes"), 0));
    map.addLayer(
      {
        ...of,
        id: "all-corridors",
        type: "line",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": "#c79bff", "line-opacity": 0.15, "line-width": corridorWidth },
      },
      UNDER,
    );
    map.addLayer(
      {
        ...of,
        id: "all-routes",
        type: "line",
        paint: { "line-color": "#c79bff", "line-width": 1.5 },
      },
      UNDER,
    );
    map.addLayer(
      {
        ...of,
        id: "all-route-names",
        type: "symbol",
        minzoom: 6,
        layout: {
          "symbol-placement": "line",
          "text-field": ["get", language],
          "text-font": ["Noto Sans Variable"],
          "text-size": 12,
          "text-offset": [0, -0.8],
        },
        paint: {
          "text-color": "#d9bdff",
          "text-halo-color": "#0c1013",
          "text-halo-width": 1.5,
        },
      },
      UNDER,
    );
    return () => remove(map, "all-routes");
  }, [map, wanted.routes, language]);

  useEffect(() => {
    if (!map || !wanted.fixes) return;
    map.addSource("all-fixes", source(tilesUrl("fixes", { from, to }), FIXES_FROM_ZOOM));
    map.addLayer(
      {
        id: "all-fixes",
        type: "circle",
        source: "all-fixes",
        "source-layer": "fixes",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "fixes"]], 0, 2, 7, 6],
          "circle-color": "#ffd166",
          "circle-opacity": ["interpolate", ["linear"], ["ln", ["get", "fixes"]], 0, 0.35, 5, 0.8],
        },
      },
      UNDER,
    );
    return () => remove(map, "all-fixes");
  }, [map, wanted.fixes, from, to]);
}
