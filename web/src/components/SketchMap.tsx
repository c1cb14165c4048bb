import { Alert } from "@mantine/core";
import type {
  GeoJSONSource,
  MapLayerMouseEvent,
  MapLayerTouchEvent,
  MapMouseEvent,
  MapTouchEvent,
} from "maplibre-gl";
import { Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMapLayer } from "@/api/queries/places";
import type { Names } from "@/api/types";
import { useNames } from "@/i18n";
import { boxOf, cornerPoints, sketched, stopPoints, type Corner, type SketchStop } from "./sketch";
import classes from "./SketchMap.module.css";
import { GROUND, KAZAKHSTAN, sketchStyle } from "./sketchStyle";

setWorkerUrl(workerUrl);

interface Props {
  corners: readonly Corner[];
  stops?: readonly SketchStop[];
  closed?: boolean;
  /** A new value brings the whole sketch into view. */
  fit: unknown;
  onAdd: (corner: Corner) => void;
  onMove: (index: number, corner: Corner) => void;
}

const NO_STOPS: readonly SketchStop[] = [];

/** A map to draw a line or an area on: a click sets a corner, a corner can be dragged. */
export function SketchMap(props: Props) {
  const { t } = useTranslation();
  const [drawable, setDrawable] = useState(true);
  if (!drawable) return <Alert color="yellow">{t("plan.no_map")}</Alert>;
  return <Canvas {...props} onUnavailable={() => setDrawable(false)} />;
}

function Canvas({
  corners,
  stops = NO_STOPS,
  closed = false,
  fit,
  ...told
}: Props & { onUnavailable: () => void }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map | null>(null);
  const add = useEffectEvent(told.onAdd);
  const move = useEffectEvent(told.onMove);
  const unavailable = useEffectEvent(told.onUnavailable);

  useEffect(() => {
    if (!host.current) return;
    let made: Map;
    try {
      made = new Map({
        container: host.current,
        style: sketchStyle,
        bounds: KAZAKHSTAN,
        minZoom: 2.5,
        maxZoom: 16,
        dragRotate: false,
        pitchWithRotate: false,
        attributionControl: false,
      });
    } catch {
      return unavailable(); // no WebGL on this machine: files can still be read
    }
    made.addControl(new NavigationControl({ showCompass: false }), "top-right");
    made.touchZoomRotate.disableRotation();
    let dragged: number | null = null;
    const grab = (at: MapLayerMouseEvent | MapLayerTouchEvent) => {
      const index: unknown = at.features?.[0]?.properties["index"];
      if (typeof index !== "number") return;
      at.preventDefault();
      dragged = index;
    };
    const drag = ({ lngLat }: MapMouseEvent | MapTouchEvent) => {
      if (dragged !== null) move(dragged, [lngLat.lng, lngLat.lat]);
    };
    const drop = () => (dragged = null);
    made.on("mousedown", "corners", grab);
    made.on("touchstart", "corners", grab);
    made.on("mousemove", drag);
    made.on("touchmove", drag);
    made.on("mouseup", drop);
    made.on("touchend", drop);
    made.on("click", ({ lngLat, point }) => {
      if (made.queryRenderedFeatures(point, { layers: ["corners"] }).length === 0)
        add([lngLat.lng, lngLat.lat]);
    });
    made.getCanvas().style.cursor = "crosshair";
    made.on("load", () => setMap(made));
    return () => {
      setMap(null);
      made.remove();
    };
  }, []);

  useGround(map);
  useEffect(() => {
    fill(map, "sketch", sketched(corners, closed));
    fill(map, "corners", cornerPoints(corners));
    fill(map, "stops", stopPoints(stops));
  }, [map, corners, stops, closed]);
  const show = useEffectEvent(() => {
    const box = boxOf([...corners, ...stops.map(({ corner }) => corner)]);
    if (box) map?.fitBounds(box, { padding: 50, maxZoom: 12, duration: 0 });
  });
  useEffect(() => {
    if (map) show();
  }, [map, fit]);

  return <div ref={host} className={classes.map} role="region" aria-label={t("plan.sketch")} />;
}

function fill(map: Map | null, source: string, data: GeoJSON.FeatureCollection): void {
  void map?.getSource<GeoJSONSource>(source)?.setData(data);
}

function useGround(map: Map | null): void {
  const nameOf = useNames();
  const layers = [
    useMapLayer(GROUND[0]).data,
    useMapLayer(GROUND[1]).data,
    useMapLayer(GROUND[2]).data,
    useMapLayer(GROUND[3]).data,
  ];
  const [regions, lakes, rivers, places] = layers;
  const put = useEffectEvent(() => {
    GROUND.forEach((name, index) => {
      const layer = layers[index];
      if (!layer) return;
      const features = layer.features.map((one) => ({
        ...one,
        properties: { ...one.properties, label: nameOf(one.properties?.["name"] as Names) },
      }));
      fill(map, name, { ...layer, features });
    });
  });
  useEffect(() => {
    if (map) put();
  }, [map, regions, lakes, rivers, places]);
}
