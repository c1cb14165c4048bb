import type { MapGeoJSONFeature } from "maplibre-gl";
import { Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMapLayer } from "@/api/queries/places";
import type { Track, TripNow, Vehicle } from "@/api/types";
import { useNames } from "@/i18n";
import { labelled, labelPoints } from "./geometry";
import classes from "./Map.module.css";
import { COUNTRY_BOX, mapStyle, type BaseLayer } from "./mapStyle";
import { sourceOf, useReplayedVans, useVanLines, useVans } from "./useFleetLayers";
import { useAim } from "./useAim";
import type { Cover } from "./useCover";
import { useGroundOf } from "./useGroundOf";
import type { Replay } from "./useReplay";
import { useTileLayers, type Heavy } from "./useTileLayers";

setWorkerUrl(workerUrl);

const LABELS: Partial<Record<BaseLayer, string>> = {
  countries: "country-labels",
  regions: "region-labels",
  lakes: "lake-labels",
};

interface Props {
  vans: readonly Vehicle[];
  selected: string | null;
  replay: Replay | null;
  follow: boolean;
  track: Track | null;
  trip: TripNow | null;
  /** The local day looked at, as instants. */
  day: { from: string; to: string };
  heavy: Heavy;
  cover: Cover;
  onSelect: (id: string) => void;
  onDrag: () => void;
  onUnavailable: () => void;
}

export function MapCanvas(props: Props) {
  const { vans, selected, replay, follow, track, trip, day, heavy } = props;
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map | null>(null);
  const selectVan = useEffectEvent(props.onSelect);
  const dragged = useEffectEvent(props.onDrag);
  const unavailable = useEffectEvent(props.onUnavailable);

  useEffect(() => {
    if (!host.current) return;
    let made: Map;
    try {
      made = new Map({
        container: host.current,
        style: mapStyle,
        bounds: COUNTRY_BOX,
        fitBoundsOptions: { padding: 20 },
        minZoom: 2.5,
        maxZoom: 14,
        dragRotate: false,
        pitchWithRotate: false,
        attributionControl: false,
        fadeDuration: 0, // words of vans that move would fade in for ever
      });
    } catch {
      return unavailable(); // no WebGL on this machine: the list of vans still works
    }
    made.addControl(new NavigationControl({ showCompass: false }), "top-right");
    made.touchZoomRotate.disableRotation();
    made.on("load", () => setMap(made));
    made.on("idle", () => made.getContainer().setAttribute("data-drawn", "true"));
    made.on("dragstart", () => dragged());
    made.getCanvas().addEventListener("keydown", ({ key }) => {
      if (key.startsWith("Arrow")) dragged();
    });
    for (const layer of ["vans", "picked"]) {
      made.on("click", layer, ({ features }) => {
        const id: unknown = features?.[0]?.properties["id"];
        if (typeof id === "string") selectVan(id);
      });
    }
    made.on("click", "clusters", ({ features }) => void openCluster(made, features?.[0]));
    for (const layer of ["vans", "picked", "clusters"]) {
      made.on("mouseenter", layer, () => (made.getCanvas().style.cursor = "pointer"));
      made.on("mouseleave", layer, () => (made.getCanvas().style.cursor = ""));
    }
    return () => {
      setMap(null);
      made.remove();
    };
  }, []);

  const { problem, seen } = useGroundOf(map);
  useBaseLayer(map, "countries");
  useBaseLayer(map, "regions");
  useBaseLayer(map, "lakes");
  useBaseLayer(map, "rivers");
  useBaseLayer(map, "places");
  useBaseLayer(map, "offices");
  useTileLayers(map, heavy, day.from, day.to);
  useVanLines(map, track, trip);
  useVans(map, vans, selected, follow, replay === null);
  useReplayedVans(map, replay, vans, selected, follow);
  useAim(map, props);

  return (
    <>
      {problem && (
        <p role="status" className={classes.notice} data-testid="ground-problem">
          {t("map.ground_failed")} {t(`map.ground.${problem.reason}`, { where: problem.where })}
        </p>
      )}
      <div
        ref={host}
        className={classes.canvas}
        data-testid="map-canvas"
        data-own-ground={seen}
        aria-label={t("map.aria")}
        role="region"
      />
    </>
  );
}

/** Zooms in until a cluster falls apart. */
async function openCluster(map: Map, cluster: MapGeoJSONFeature | undefined): Promise<void> {
  const id: unknown = cluster?.properties["cluster_id"];
  if (typeof id !== "number" || cluster?.geometry.type !== "Point") return;
  const zoom = await sourceOf(map, "vans")?.getClusterExpansionZoom(id);
  const [longitude = 0, latitude = 0] = cluster.geometry.coordinates;
  if (zoom !== undefined) map.easeTo({ center: [longitude, latitude], zoom });
}

/** Fills a base layer, with names in the language of the page. */
function useBaseLayer(map: Map | null, layer: BaseLayer): void {
  const { data } = useMapLayer(layer);
  const { i18n } = useTranslation();
  const nameOf = useNames();
  const fill = useEffectEvent((target: Map, collection: GeoJSON.FeatureCollection) => {
    const named = labelled(collection, nameOf);
    void sourceOf(target, layer)?.setData(named);
    const points = LABELS[layer];
    if (points) void sourceOf(target, points)?.setData(labelPoints(named));
  });
  useEffect(() => {
    if (map && data) fill(map, data);
  }, [map, data, i18n.language]);
}
