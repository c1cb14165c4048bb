import type { MapGeoJSONFeature } from "maplibre-gl";
import { AttributionControl, Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useGround } from "@/api/queries/fleet";
import { useMapLayer } from "@/api/queries/places";
import type { Track, TripNow, Vehicle } from "@/api/types";
import { useNames } from "@/i18n";
import { labelled, labelPoints } from "./geometry";
import { layGround } from "./ground";
import classes from "./Map.module.css";
import { COUNTRY_BOX, mapStyle, type BaseLayer } from "./mapStyle";
import { sourceOf, useReplayedVans, useVanLines, useVans } from "./useFleetLayers";
import type { Replay } from "./useReplay";

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
  onSelect: (id: string) => void;
  onUnavailable: () => void;
}

export function MapCanvas(props: Props) {
  const { vans, selected, replay, follow, track, trip, onSelect, onUnavailable } = props;
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map | null>(null);
  const [groundFailed, setGroundFailed] = useState(false);
  const selectVan = useEffectEvent(onSelect);
  const unavailable = useEffectEvent(onUnavailable);

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
      });
    } catch {
      return unavailable(); // no WebGL on this machine: the list of vans still works
    }
    made.addControl(new NavigationControl({ showCompass: false }), "top-right");
    made.touchZoomRotate.disableRotation();
    made.on("load", () => setMap(made));
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

  useGroundOf(map, () => setGroundFailed(true));
  useBaseLayer(map, "countries");
  useBaseLayer(map, "regions");
  useBaseLayer(map, "lakes");
  useBaseLayer(map, "rivers");
  useBaseLayer(map, "places");
  useBaseLayer(map, "offices");
  useVanLines(map, track, trip);
  useVans(map, vans, selected, replay === null);
  useReplayedVans(map, replay, vans, selected, follow);

  const place = vans.find(({ id }) => id === selected)?.position;
  const flyTo = useEffectEvent(() => {
    if (!map || !place) return;
    map.easeTo({
      center: [place.longitude, place.latitude],
      zoom: Math.max(map.getZoom(), 7),
    });
  });
  useEffect(() => {
    if (selected) flyTo();
  }, [selected]);

  return (
    <>
      {groundFailed && (
        <p role="status" className={classes.notice}>
          {t("map.ground_failed")}
        </p>
      )}
      <div ref={host} className={classes.canvas} aria-label={t("map.aria")} role="region" />
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

/** Lays the installation's own tiles, if it has any, and says whose the ground is. */
function useGroundOf(map: Map | null, onFailed: () => void): void {
  const { data: ground } = useGround();
  const failed = useEffectEvent(onFailed);
  useEffect(() => {
    if (!map || !ground) return;
    map.setMaxZoom(ground.max_zoom);
    const named = new AttributionControl({
      compact: true,
      customAttribution: ground.attribution,
    });
    map.addControl(named);
    layGround(map, ground).catch(() => failed()); // our own ground stays
    return () => void map.removeControl(named);
  }, [map, ground]);
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
