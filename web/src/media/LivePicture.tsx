import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { StreamKind } from "@/api/types";
import { NO_STATS, type TileStats } from "./age";
import { focusTile, openScreen, type LiveScreen, type LiveTile } from "./liveMedia";
import { canDecode } from "./tileSurface";
import { useVisible } from "./useVisible";
import { openFilm } from "./videoTile";
import { canCall, type WhepFault } from "./whepCall";
import { startWhep } from "./whepView";
import classes from "./LivePicture.module.css";

/** How an enlarged picture comes: by WebRTC, or by the wall's transport and why. */
export type Transport = "wall" | "webrtc" | WhepFault;

interface Tile {
  cameraId: string;
  live: LiveTile;
  surface: HTMLElement;
}

interface Props {
  cameraId: string;
  stream?: StreamKind;
  focused?: boolean;
  stale: boolean;
  label: string;
  onStats: (stats: TileStats) => void;
  onTransport: (transport: Transport) => void;
}

/**
 * Live picture of a camera: decoded by WebCodecs, or a plain <video> where that is missing.
 * Nobody sees it: nothing is pulled. The main stream of an enlarged one comes by WebRTC; the tile pulls no more once that shows.
 */
export function LivePicture({
  cameraId,
  stream = "sub",
  focused = false,
  stale,
  label,
  onStats,
  onTransport,
}: Props) {
  const host = useRef<HTMLDivElement>(null);
  const screen = useRef<LiveScreen | null>(null);
  const report = useRef(onStats);
  const tell = useRef(onTransport);
  const direct = useRef(false);
  const [tile, setTile] = useState<Tile | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const visible = useVisible(host);
  const enlarged = focused && stream === "main";
  const calls = enlarged && canCall() && refused !== cameraId;
  const tileStream = calls ? "sub" : stream;
  const wanted = useRef(tileStream);

  useLayoutEffect(() => {
    report.current = onStats;
    tell.current = onTransport;
    wanted.current = tileStream;
  }, [onStats, onTransport, tileStream]);

  // Once for all the cameras that the tile will show: element, stream and decoder cost more to make
  // than a picture to decode.
  useLayoutEffect(() => {
    const made = canDecode() ? openScreen() : openFilm();
    made.element.dataset["testid"] = "tile-canvas";
    host.current?.append(made.element);
    screen.current = made;
    return () => {
      made.close();
      made.element.remove();
    };
  }, []);

  // With the name of the camera, not after it: the one before must not be seen under that name.
  useLayoutEffect(() => {
    const place = host.current;
    if (!screen.current || !place) return;
    const { element: surface } = screen.current;
    const live = screen.current.watch(cameraId);
    surface.dataset["frames"] = "0";
    place.dataset["covered"] = "true";
    live.whenShown(() => delete place.dataset["covered"]);
    live.show(wanted.current); // before the next render: the ticket is on its way meanwhile
    report.current(NO_STATS);
    const stop = live.subscribe(() => {
      if (!direct.current) report.current(live.stats());
    });
    setTile({ cameraId, live, surface });
    return () => {
      stop();
      live.close();
    };
  }, [cameraId]);

  useEffect(() => tile?.live.show(tileStream), [tile, tileStream]);
  useEffect(() => {
    if (visible || !tile) return;
    tile.live.hold();
    return () => {
      if (!direct.current) tile.live.show(wanted.current);
    };
  }, [visible, tile]);
  useEffect(() => {
    if (!focused || !tile) return;
    focusTile(tile.live);
    return () => focusTile(null);
  }, [focused, tile]);
  useEffect(() => {
    if (!enlarged) return;
    return () => setRefused(null); // the next time may go better
  }, [enlarged]);

  useEffect(() => {
    if (!calls || tile?.cameraId !== cameraId) return;
    const { live, surface } = tile;
    const video = document.createElement("video");
    const drawn = () => live.stats().frames;
    let before = drawn();
    const stop = startWhep(cameraId, video, {
      onStats: (stats) => {
        if (!direct.current) {
          direct.current = true;
          live.hold();
          before = drawn();
          surface.after(video);
          delete host.current?.dataset["covered"];
          tell.current("webrtc");
        }
        surface.dataset["frames"] = String(stats.frames);
        surface.dataset["width"] = String(stats.width);
        report.current(stats);
      },
      onFault: (fault) => {
        tell.current(fault);
        setRefused(cameraId);
      },
    });
    return () => {
      stop();
      if (!direct.current) return;
      tell.current("wall");
      const end = () => {
        direct.current = false;
        video.remove();
      };
      if (live.closed) return end();
      live.show("sub");
      // The last picture by WebRTC stays until the tile has a newer one.
      const unsubscribe = live.subscribe(() => {
        if (drawn() === before) return;
        unsubscribe();
        end();
      });
    };
  }, [calls, cameraId, tile]);

  return (
    <div ref={host} className={classes.picture} data-stale={stale} role="img" aria-label={label} />
  );
}
