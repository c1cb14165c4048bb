import type { GeoJSONSource } from "maplibre-gl";
import { AttributionControl, Map, NavigationControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMapLayer } from "@/api/queries/places";
import type { Vehicle } from "@/api/types";
import { useNames } from "@/i18n";
import { labelled, labelPoints } from "./geometry";
import classes from "./Map.module.css";
import { COUNTRY_BOX, mapStyle, type BaseLayer } from "./mapStyle";
import { vanFeatures, VanGlides } from "./vans";

setWorkerUrl(workerUrl);

const ATTRIBUTION = "Natural Earth · © GeoNames (CC BY 4.0)";
const LABELS: Partial<Record<BaseLayer, string>> = {
  countries: "country-labels",
  regions: "region-labels",
  lakes: "lake-labels",
};

interface Props {
  vans: readonly Vehicle[];
  selected: string | null;
  onSelect: (id: string) => void;
  onUnavailable: () => void;
}

export function MapCanvas({ vans, selected, onSelect, onUnavailable }: Props) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map | null>(null);
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
    made.addControl(new AttributionControl({ compact: true, customAttribution: ATTRIBUTION }));
    made.addControl(new NavigationControl({ showCompass: false }), "top-right");
    made.touchZoomRotate.disableRotation();
    made.on("load", () => setMap(made));
    made.on("click", "vans", ({ features }) => {
      const id: unknown = features?.[0]?.properties["id"];
      if (typeof id === "string") selectVan(id);
    });
    made.on("mouseenter", "vans", () => (made.getCanvas().style.cursor = "pointer"));
    made.on("mouseleave", "vans", () => (made.getCanvas().style.cursor = ""));
    return () => {
      setMap(null);
      made.remove();
    };
  }, []);

  useBaseLayer(map, "countries");
  useBaseLayer(map, "regions");
  useBaseLayer(map, "lakes");
  useBaseLayer(map, "rivers");
  useBaseLayer(map, "places");
  useBaseLayer(map, "offices");
  useVans(map, vans, selected);

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

  return <div ref={host} className={classes.canvas} aria-label={t("map.aria")} role="region" />;
}

function sourceOf(map: Map, name: string): GeoJSONSource | undefined {
  return map.getSource<GeoJSONSource>(name);
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

/** Draws the vans; after a new fix each glides there, then nothing runs until the next. */
function useVans(map: Map | null, vans: readonly Vehicle[], selected: string | null): void {
  const [glides] = useState(() => new VanGlides());
  useEffect(() => {
    if (!map) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    glides.aim(vans, performance.now(), !still);
    let frame = 0;
    const draw = () => {
      const now = performance.now();
      void sourceOf(map, "vans")?.setData(vanFeatures(vans, glides, selected, now));
      if (glides.moving(now)) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [map, glides, vans, selected]);
}
