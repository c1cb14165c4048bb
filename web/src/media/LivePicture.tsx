import { useEffect, useRef, useState } from "react";
import type { StreamKind } from "@/api/types";
import { NO_STATS, type TileStats } from "./age";
import { canDecode, focusTile, startTile, type LiveTile } from "./liveMedia";
import { startVideoTile } from "./videoTile";
import classes from "./LivePicture.module.css";

interface Props {
  cameraId: string;
  stream?: StreamKind;
  focused?: boolean;
  stale: boolean;
  label: string;
  onStats: (stats: TileStats) => void;
}

/** Live picture of a camera: WebCodecs on a canvas, or a plain <video> where that is missing. */
export function LivePicture({
  cameraId,
  stream = "sub",
  focused = false,
  stale,
  label,
  onStats,
}: Props) {
  const host = useRef<HTMLDivElement>(null);
  const report = useRef(onStats);
  const [tile, setTile] = useState<LiveTile | null>(null);

  useEffect(() => {
    report.current = onStats;
  }, [onStats]);

  useEffect(() => {
    if (!host.current) return;
    const surface = document.createElement(canDecode() ? "canvas" : "video");
    surface.dataset["testid"] = "tile-canvas";
    surface.dataset["frames"] = "0";
    host.current.append(surface);
    const started =
      surface instanceof HTMLCanvasElement
        ? startTile(cameraId, surface)
        : startVideoTile(cameraId, surface);
    report.current(NO_STATS);
    const stop = started.subscribe(() => report.current(started.stats()));
    setTile(started);
    return () => {
      stop();
      started.close();
      surface.remove();
    };
  }, [cameraId]);

  useEffect(() => tile?.show(stream), [tile, stream]);
  useEffect(() => {
    if (!focused || !tile) return;
    focusTile(tile);
    return () => focusTile(null);
  }, [focused, tile]);

  return (
    <div ref={host} className={classes.picture} data-stale={stale} role="img" aria-label={label} />
  );
}
