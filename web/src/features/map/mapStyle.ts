/** The map's look: our own sources, no tiles and no glyphs from anywhere (labels use local fonts). */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { fleetLayers, lineLayers, vanSources } from "./vanLayers";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans Variable"];
const HALO = { "text-halo-color": "#0c1013", "text-halo-width": 1.5 };

/** The ground that own tiles take the place of; borders, names and offices stay. */
export const GROUND_LAYERS = ["countries", "regions", "lakes", "rivers", "places", "lake-names"];

/** Sources that the server's layers of the same name fill. */
export const BASE_LAYERS = [
  "countries",
  "regions",
  "lakes",
  "rivers",
  "places",
  "offices",
] as const;
export type BaseLayer = (typeof BASE_LAYERS)[number];

const layers: LayerSpecification[] = [
  { id: "ground", type: "background", paint: { "background-color": "#0c1013" } },
  {
    id: "countries",
    type: "fill",
    source: "countries",
    paint: { "fill-color": "#12171c", "fill-outline-color": "#2b353e" },
  },
  { id: "regions", type: "fill", source: "regions", paint: { "fill-color": "#1b232a" } },
  { id: "lakes", type: "fill", source: "lakes", paint: { "fill-color": "#17374d" } },
  {
    id: "rivers",
    type: "line",
    source: "rivers",
    paint: { "line-color": "#1f4c69", "line-width": 1 },
  },
  {
    id: "region-borders",
    type: "line",
    source: "regions",
    paint: { "line-color": "#4d5b67", "line-width": 1 },
  },
  {
    id: "country-names",
    type: "symbol",
    source: "country-labels",
    maxzoom: 6,
    // Kazakhstan is the map itself; the middle of the part of Russia shown here lies inside it.
    filter: ["!", ["in", ["get", "code"], ["literal", ["KZ", "RU"]]]],
    layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 12 },
    paint: { "text-color": "#8b98a4", ...HALO },
  },
  {
    id: "region-names",
    type: "symbol",
    source: "region-labels",
    maxzoom: 7,
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 3, 10, 6, 14],
      "text-max-width": 8,
    },
    paint: { "text-color": "#a9b6c2", ...HALO },
  },
  {
    id: "lake-names",
    type: "symbol",
    source: "lake-labels",
    minzoom: 4.5,
    layout: { "text-field": ["get", "label"], "text-font": FONT, "text-size": 11 },
    paint: { "text-color": "#74b4da", ...HALO },
  },
  {
    id: "places",
    type: "symbol",
    source: "places",
    // Large towns first; a village appears when there is room for it.
    filter: [
      ">=",
      ["get", "population"],
      ["step", ["zoom"], 400000, 4.5, 150000, 5.5, 50000, 6.5, 10000, 7.5, 0],
    ],
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 0.4],
      "symbol-sort-key": ["-", 0, ["get", "population"]],
    },
    paint: { "text-color": "#dfe6ec", ...HALO },
  },
  {
    id: "offices",
    type: "circle",
    source: "offices",
    paint: {
      "circle-radius": 5,
      "circle-color": "#101418",
      "circle-stroke-color": "#f2f5f7",
      "circle-stroke-width": 2,
    },
  },
  {
    id: "office-names",
    type: "symbol",
    source: "offices",
    minzoom: 7,
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 12,
      "text-anchor": "left",
      "text-offset": [0.8, 0],
    },
    paint: { "text-color": "#f2f5f7", ...HALO },
  },
  ...lineLayers,
  ...fleetLayers,
];

const SOURCES = [...BASE_LAYERS, "country-labels", "region-labels", "lake-labels"];

export const mapStyle: StyleSpecification = {
  version: 8,
  sources: {
    ...Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson", data: EMPTY }])),
    ...vanSources,
  },
  layers,
};

/** Kazakhstan, west, south, east, north. */
export const COUNTRY_BOX: [number, number, number, number] = [46.2, 40.3, 87.6, 55.7];
