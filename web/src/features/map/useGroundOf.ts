import {
  AttributionControl,
  type ErrorEvent,
  type Map,
  type MapSourceDataEvent,
} from "maplibre-gl";
import { useEffect, useEffectEvent, useState } from "react";
import { useGround } from "@/api/queries/fleet";
import type { MapGround } from "@/api/types";
import { useLanguage } from "@/i18n";
import { layGround, OWN, yieldNames } from "./ground";
import { GroundProblem } from "./groundStyle";

const isOwn = (sourceId: unknown): boolean =>
  typeof sourceId === "string" && sourceId.startsWith(OWN);

interface OwnGround {
  /** Why no own tile can be seen. */
  problem: GroundProblem | null;
  /** Whether one was. */
  seen: boolean;
}

/** Lays the installation's own tiles, if it has any, and tells what became of them. */
export function useGroundOf(map: Map | null): OwnGround {
  const { data: ground } = useGround();
  const language = useLanguage();
  const [problem, setProblem] = useState<GroundProblem | null>(null);
  const [isSeen, setSeen] = useState(false);
  const lay = useEffectEvent((target: Map, chosen: MapGround) =>
    chosen.fault
      ? Promise.reject(new GroundProblem(chosen.fault, chosen.url ?? ""))
      : layGround(target, chosen, language),
  );
  useEffect(() => {
    if (!map || !ground) return;
    map.setMaxZoom(ground.max_zoom);
    const named = new AttributionControl({
      compact: true,
      customAttribution: ground.attribution,
    });
    map.addControl(named);
    const unname = () => {
      if (map.hasControl(named)) map.removeControl(named); // a map that is gone took it along
    };
    if (ground.kind === "builtin") return unname;
    let seen = false; // a tile has come: what fails from now on is a hole, not a wrong setting
    let gone = false;
    const where = hostOf(ground.url);
    const came = ({ sourceId, tile }: MapSourceDataEvent) => {
      if (seen || !tile || !isOwn(sourceId)) return;
      seen = true;
      yieldNames(map);
      setProblem(null);
      setSeen(true);
    };
    const failed = (event: ErrorEvent & { sourceId?: string }) => {
      if (!seen && isOwn(event.sourceId)) setProblem(new GroundProblem("unreachable", where));
    };
    const rested = () => {
      if (!seen) setProblem((before) => before ?? new GroundProblem("no_tiles", where));
    };
    map.on("sourcedata", came);
    map.on("error", failed);
    lay(map, ground).then(
      () => !gone && map.once("idle", rested),
      (error: unknown) => {
        if (!gone) setProblem(toProblem(error, where)); // our own ground stays
      },
    );
    return () => {
      gone = true;
      map.off("sourcedata", came);
      map.off("error", failed);
      map.off("idle", rested);
      unname();
    };
  }, [map, ground]);
  return { problem, seen: isSeen };
}

function toProblem(error: unknown, where: string): GroundProblem {
  return error instanceof GroundProblem ? error : new GroundProblem("not_style", where);
}

function hostOf(url: string | null): string {
  return url ? new URL(url, location.href).host : "";
}
