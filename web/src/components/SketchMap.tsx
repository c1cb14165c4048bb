import { Alert } from "@mantine/core";
import type { GeoJSONSource } from "maplibre-gl";
import { Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMapLayer } from "@/api/queries/places";
import type { Names } from "@/api/types";
import { useNames } from "@/i18n";
import { point, type SketchDeeds } from "./pointing";
import { boxOf, cornerPoints, sketched, stopPoints, type Corner, type SketchStop } from "./sketch";
import classes from "./SketchMap.module.css";
import { GROUND, KAZAKHSTAN, sketchStyle } from "./sketchStyle";

setWorkerUrl(workerUrl);

interface Props {
  corners: readonly Corner[];
  stops?: readonly SketchStop[];
  closed?: boolean;
  /** The corner that was pointed at last. */
  chosen: number | null;
  /** A new value brings the whole sketch into view. */
  fit: unknown;
  deeds: SketchDeeds;
}

const NO_STOPS: readonly SketchStop[] = [];

/** A map to draw a line or an area on, by mouse, finger or keyboard. */
export function SketchMap(props: Props) {
  const { t } = useTranslation();
  const [drawable, setDrawable] = useState(true);
  if (!drawable) return <Alert color="yellow">{t("plan.no_map")}</Alert>;
  return (
    <>
      <Canvas {...props} onUnavailable={() => setDrawable(false)} />
      <p className={classes.hint}>{t("plan.sketch_hint")}</p>
    </>
  );
}

function Canvas({
  corners,
  stops = NO_STOPS,
  closed = false,
  chosen,
  fit,
  deeds,
  onUnavailable,
}: Props & { onUnavailable: () => void }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map | null>(null);
  const unavailable = useEffectEvent(onUnavailable);
  const act = useEffectEvent((deed: (deeds: SketchDeeds) => void) => deed(deeds));

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
    point(made, (deed) => act(deed));
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
    fill(map, "corners", cornerPoints(corners, chosen));
    fill(map, "stops", stopPoints(stops));
  }, [map, corners, stops, closed, chosen]);
  const show = useEffectEvent(() => {
    const box = boxOf([...corners, ...stops.map(({ corner }) => corner)]);
    if (box) map?.fitBounds(box, { padding: 50, maxZoom: 12, duration: 0 });
  });
  useEffect(() => {
    if (map) show();
  }, [map, fit]);

  /** Keys work on the middle of the map, which the arrows move. */
  const typed = (event: KeyboardEvent) => {
    if (!map || event.altKey) return;
    const { lng, lat } = map.getCenter();
    const choose = (by: number) => {
      if (corners.length === 0) return;
      const next = ((chosen ?? (by > 0 ? -1 : 0)) + by + corners.length) % corners.length;
      deeds.choose(next);
      map.jumpTo({ center: corners[next] as Corner });
    };
    const keys: Record<string, () => void> = {
      Enter: () => deeds.add([lng, lat]),
      Delete: deeds.remove,
      Backspace: deeds.remove,
      PageDown: () => choose(1),
      PageUp: () => choose(-1),
      " ": () => {
        if (chosen === null) return;
        deeds.grab();
        deeds.move(chosen, [lng, lat]);
      },
      ...(event.ctrlKey || event.metaKey ? { z: deeds.undo } : {}),
    };
    const deed = keys[event.key];
    if (!deed || !(event.target instanceof HTMLCanvasElement)) return;
    event.preventDefault();
    deed();
  };

  return (
    <div
      ref={host}
      className={classes.map}
      role="region"
      aria-label={t("plan.sketch")}
      data-testid="sketch"
      onKeyDown={typed}
    />
  );
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
