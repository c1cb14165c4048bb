import type { Map } from "maplibre-gl";
import { useEffect, useEffectEvent, useRef } from "react";
import type { Vehicle } from "@/api/types";
import { sightOf } from "./replay";
import type { Cover } from "./useCover";
import type { Replay } from "./useReplay";

/** A van that is chosen is looked at from this near at least. */
const NEAR_ZOOM = 8;

interface Aim {
  vans: readonly Vehicle[];
  selected: string | null;
  replay: Replay | null;
  follow: boolean;
  cover: Cover;
}

/** Brings a chosen van into the part of the map that its card leaves free, and keeps it there. */
export function useAim(map: Map | null, { vans, selected, replay, follow, cover }: Aim): void {
  const aimedAt = useRef<string | null>(null);
  const replaying = replay !== null;
  const position = vans.find(({ id }) => id === selected)?.position;
  const part = replay?.shown ?? null;
  const place = replay
    ? selected !== null && part !== null && sightOf(part, selected, replay.moment)
    : position;
  const known = Boolean(place);
  const aim = useEffectEvent((target: Map) => {
    const padding = { left: cover.left, top: cover.top, right: 0, bottom: 0 };
    if (!place || !follow) return void target.easeTo({ padding });
    const isNew = aimedAt.current !== selected;
    aimedAt.current = selected;
    target.easeTo({
      padding,
      center: [place.longitude, place.latitude],
      ...(isNew ? { zoom: Math.max(target.getZoom(), NEAR_ZOOM) } : {}),
    });
  });
  useEffect(() => {
    if (selected === null) aimedAt.current = null;
    if (map) aim(map);
  }, [map, selected, known, follow, replaying, cover]);
}
