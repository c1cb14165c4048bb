import type {
  Map,
  MapLayerMouseEvent,
  MapLayerTouchEvent,
  MapMouseEvent,
  MapTouchEvent,
  PointLike,
} from "maplibre-gl";
import type { Corner } from "./sketch";

/** What a person does to a sketch. */
export interface SketchDeeds {
  /** At the end, or after the chosen corner. */
  add: (corner: Corner) => void;
  /** On the line itself, between two corners. */
  insert: (corner: Corner) => void;
  choose: (index: number | null) => void;
  remove: () => void;
  undo: () => void;
  /** Something is dragged from here on: one step, however long it is. */
  grab: () => void;
  move: (index: number, corner: Corner) => void;
  moveStop?: (index: number, corner: Corner) => void;
}

const NEAR_PX = 7;

/** Turns mouse and touch on a map into deeds; `act` gives each to whoever edits now. */
export function point(map: Map, act: (deed: (deeds: SketchDeeds) => void) => void): void {
  let held: { layer: string; index: number; moved: boolean } | null = null;
  const indexOf = (at: MapLayerMouseEvent | MapLayerTouchEvent) => {
    const index: unknown = at.features?.[0]?.properties["index"];
    return typeof index === "number" ? index : null;
  };
  const hold = (layer: string) => (at: MapLayerMouseEvent | MapLayerTouchEvent) => {
    const index = indexOf(at);
    if (index === null || (held && layer === "corners")) return;
    at.preventDefault(); // the map itself stays where it is
    held = { layer, index, moved: false };
  };
  const follow = ({ lngLat }: MapMouseEvent | MapTouchEvent) => {
    if (!held) return;
    const { layer, index, moved } = held;
    held.moved = true;
    act((deeds) => {
      if (!moved) deeds.grab();
      const move = layer === "stops" ? deeds.moveStop : deeds.move;
      move?.(index, [lngLat.lng, lngLat.lat]);
    });
  };
  const drop = () => (held = null);
  // Stops lie above corners, and are asked first.
  for (const layer of ["stops", "corners"]) {
    map.on("mousedown", layer, hold(layer));
    map.on("touchstart", layer, hold(layer));
  }
  map.on("mousemove", follow);
  map.on("touchmove", follow);
  map.on("mouseup", drop);
  map.on("touchend", drop);
  map.on("click", ({ lngLat, point: { x, y } }) => {
    const around: [PointLike, PointLike] = [
      [x - NEAR_PX, y - NEAR_PX],
      [x + NEAR_PX, y + NEAR_PX],
    ];
    const corner: Corner = [lngLat.lng, lngLat.lat];
    const [hit] = map.queryRenderedFeatures(around, { layers: ["corners", "stops"] });
    const onLine = map.queryRenderedFeatures(around, { layers: ["sketch-line"] }).length > 0;
    act((deeds) => {
      if (!hit) return onLine ? deeds.insert(corner) : deeds.add(corner);
      const index: unknown = hit.properties["index"];
      deeds.choose(hit.layer.id === "corners" && typeof index === "number" ? index : null);
    });
  });
}
