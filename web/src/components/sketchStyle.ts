/** The look of a map that one draws on: land, water, places, and the sketch above them. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans Variable"];

export const GROUND = ["regions", "lakes", "rivers", "places"] as const;

const layers: LayerSpecification[] = [
  { id: "ground", type: "background", paint: { "background-color": "#0c1013" } },
  { id: "regions", type: "fill", source: "regions", paint: { "fill-color": "#1b232a" } },
  {
    id: "borders",
    type: "line",
    source: "regions",
    paint: { "line-color": "#4d5b67", "line-width": 1 },
  },
  { id: "lakes", type: "fill", source: "lakes", paint: { "fill-color": "#17374d" } },
  { id: "rivers", type: "line", source: "rivers", paint: { "line-color": "#1f4c69" } },
  {
    id: "places",
    type: "symbol",
    source: "places",
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 12,
      "symbol-sort-key": ["-", 0, ["get", "population"]],
    },
    paint: { "text-color": "#dfe6ec", "text-halo-color": "#0c1013", "text-halo-width": 1.5 },
  },
  {
    id: "sketch-area",
    type: "fill",
    source: "sketch",
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#6cc4ff", "fill-opacity": 0.18 },
  },
  {
    id: "sketch-line",
    type: "line",
    source: "sketch",
    filter: ["!=", ["geometry-type"], "Point"],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#6cc4ff", "line-width": 3 },
  },
  {
    id: "corners",
    type: "circle",
    source: "corners",
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, 2.5, 9, 3.5, 11, 6],
      "circle-color": ["case", ["get", "chosen"], "#ffb938", "#0c1013"],
      "circle-stroke-color": ["case", ["get", "chosen"], "#ffb938", "#6cc4ff"],
      "circle-stroke-width": 2,
    },
  },
  {
    id: "stops",
    type: "circle",
    source: "stops",
    paint: {
      "circle-radius": 9,
      "circle-color": "#ffb938",
      "circle-stroke-color": "#0c1013",
      "circle-stroke-width": 2,
    },
  },
  {
    id: "stop-names",
    type: "symbol",
    source: "stops",
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 13,
      "text-anchor": "left",
      "text-offset": [0.9, 0],
      "text-allow-overlap": true,
    },
    paint: { "text-color": "#ffe2a8", "text-halo-color": "#0c1013", "text-halo-width": 2 },
  },
];

export const sketchStyle: StyleSpecification = {
  version: 8,
  sources: Object.fromEntries(
    [...GROUND, "sketch", "corners", "stops"].map((name) => [
      name,
      { type: "geojson", data: EMPTY },
    ]),
  ),
  layers,
};

/** Kazakhstan, west, south, east, north. */
export const KAZAKHSTAN: [number, number, number, number] = [46.2, 40.3, 87.6, 55.7];
