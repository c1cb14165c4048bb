/** How vans, their clusters, tracks and planned routes look. */

import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans Variable"];
const HALO = { "text-halo-color": "#0c1013", "text-halo-width": 1.5 };
/** A pixel at zoom 0 of MapLibre's 512-pixel tiles, in metres at the equator. */
const PIXEL_M = 78_271.517;
const MIDDLE_LATITUDE = 48;
/** The deepest zoom that draws vans which lie close as one. */
const CLUSTER_ZOOM = 8;

/** As wide as the metres of `corridor_m` to both sides, at every zoom. */
export const corridorWidth: ExpressionSpecification = [
  "interpolate",
  ["exponential", 2],
  ["zoom"],
  0,
  ["*", ["get", "corridor_m"], 2 / (PIXEL_M * Math.cos((MIDDLE_LATITUDE * Math.PI) / 180))],
  20,
  [
    "*",
    ["get", "corridor_m"],
    (2 * 2 ** 20) / (PIXEL_M * Math.cos((MIDDLE_LATITUDE * Math.PI) / 180)),
  ],
];

export const vanSources: Record<string, SourceSpecification> = {
  vans: {
    type: "geojson",
    data: EMPTY,
    cluster: true,
    clusterRadius: 36,
    clusterMaxZoom: CLUSTER_ZOOM,
    clusterProperties: {
      lost: ["+", ["case", ["==", ["get", "freshness"], "lost"], 1, 0]],
    },
  },
  picked: { type: "geojson", data: EMPTY },
  guesses: { type: "geojson", data: EMPTY },
  track: { type: "geojson", data: EMPTY },
  route: { type: "geojson", data: EMPTY },
};

const fill: ExpressionSpecification = [
  "match",
  ["get", "freshness"],
  "online",
  "#6cc4ff",
  "lost",
  "#5f6a74",
  "#0c1013",
];
const stroke: ExpressionSpecification = [
  "match",
  ["get", "freshness"],
  "online",
  "#ffffff",
  "stale",
  "#ffb938",
  "#9aa4ae",
];

/** A van: filled online, hollow stale, grey lost; paler where its place is only estimated. */
function vanLayers(source: string, id: string, selected: boolean): LayerSpecification[] {
  const unclustered: { filter?: ExpressionSpecification } =
    source === "vans" ? { filter: ["!", ["has", "point_count"]] } : {};
  return [
    {
      id,
      type: "circle",
      source,
      ...unclustered,
      paint: {
        "circle-radius": selected ? 11 : 8,
        "circle-color": fill,
        "circle-opacity": ["case", ["get", "estimated"], 0.45, 1],
        "circle-stroke-color": stroke,
        "circle-stroke-width": selected ? 4 : 3,
        "circle-stroke-opacity": ["case", ["get", "estimated"], 0.75, 1],
      },
    },
    {
      id: `${id}-plates`,
      type: "symbol",
      source,
      ...unclustered,
      layout: {
        "text-field": ["concat", ["get", "plate"], "\n", ["get", "age"]],
        "text-font": FONT,
        "text-size": 13,
        // The chosen van's words stand still above it; the others' go where there is room.
        ...(selected
          ? { "text-anchor": "bottom", "text-offset": [0, -0.9] }
          : {
              "text-variable-anchor": ["bottom", "left", "right", "top"],
              "text-radial-offset": 0.75,
              "text-justify": "auto",
            }),
        // Above clusters each van tells its age, even where two lie close.
        "text-allow-overlap": selected ? true : ["step", ["zoom"], false, CLUSTER_ZOOM + 1, true],
      },
      paint: { "text-color": "#ffffff", ...HALO },
    },
  ];
}

/** Under the vans: what is planned and where the chosen van drove. */
export const lineLayers: LayerSpecification[] = [
  {
    id: "corridor",
    type: "line",
    source: "route",
    filter: ["==", ["geometry-type"], "LineString"],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#37c2a0", "line-opacity": 0.22, "line-width": corridorWidth },
  },
  {
    id: "route",
    type: "line",
    source: "route",
    filter: ["==", ["geometry-type"], "LineString"],
    paint: { "line-color": "#37c2a0", "line-width": 2, "line-dasharray": [3, 2] },
  },
  {
    id: "track",
    type: "line",
    source: "track",
    layout: { "line-join": "round" },
    paint: { "line-color": "#6cc4ff", "line-width": 3 },
  },
  {
    id: "stops",
    type: "circle",
    source: "route",
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 6,
      "circle-color": [
        "match",
        ["get", "state"],
        ["served", "arrived"],
        "#37c2a0",
        "skipped",
        "#ff7a6b",
        "#0c1013",
      ],
      "circle-stroke-color": "#37c2a0",
      "circle-stroke-width": 2,
    },
  },
  {
    id: "stop-names",
    type: "symbol",
    source: "route",
    filter: ["==", ["geometry-type"], "Point"],
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 0.7],
    },
    paint: { "text-color": "#8fe3cd", ...HALO },
  },
];

export const fleetLayers: LayerSpecification[] = [
  {
    id: "guess-ways",
    type: "line",
    source: "guesses",
    paint: { "line-color": "#ffb938", "line-width": 2, "line-dasharray": [1, 2] },
  },
  {
    id: "guesses",
    type: "circle",
    source: "guesses",
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 7,
      "circle-opacity": 0,
      "circle-stroke-color": "#ffb938",
      "circle-stroke-width": 2,
      "circle-stroke-opacity": 0.8,
    },
  },
  {
    id: "clusters",
    type: "circle",
    source: "vans",
    filter: ["has", "point_count"],
    paint: {
      "circle-radius": ["step", ["get", "point_count"], 14, 10, 18, 50, 23],
      "circle-color": "#123c58",
      "circle-stroke-color": ["case", [">", ["get", "lost"], 0], "#ffb938", "#6cc4ff"],
      "circle-stroke-width": 3,
    },
  },
  {
    id: "cluster-counts",
    type: "symbol",
    source: "vans",
    filter: ["has", "point_count"],
    layout: {
      "text-field": ["get", "point_count_abbreviated"],
      "text-font": FONT,
      "text-size": 14,
      "text-allow-overlap": true,
    },
    paint: { "text-color": "#ffffff" },
  },
  ...vanLayers("vans", "vans", false),
  ...vanLayers("picked", "picked", true),
];
