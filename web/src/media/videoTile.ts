/** Live video for browsers without WebCodecs: the node's endless MP4 in a <video>, through MSE. */

import { ApiProblem } from "@/api/client";
import { backoffMs } from "@/api/backoff";
import { liveTicket } from "@/api/queries/tickets";
import { NO_STATS, type TileStats } from "./age";
import type { LiveScreen, LiveTile } from "./liveMedia";
import { playStream } from "./mseStream";

const LOOK_MS = 500;
const RESTART_AFTER_MS = 10_000;
const FARTHEST_BEHIND_S = 1.5;

/** A screen that plays each camera's film. */
export function openFilm(): LiveScreen {
  const element = document.createElement("video");
  return {
    element,
    watch: (cameraId) => startVideoTile(cameraId, element),
    close: () => undefined,
  };
}

/**
 * Age is counted from when a picture was last shown here, since a <video> does not tell the
 * node's time; a picture that stops is still found within the same 3 s.
 */
function startVideoTile(cameraId: string, video: HTMLVideoElement): LiveTile {
  const listeners = new Set<() => void>();
  let current: TileStats = NO_STATS;
  let failures = 0;
  let lastStartMs = 0;
  let closed = false;
  let shown: (() => void) | null = null;
  let held = false;
  let playing = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;

  const take = (change: Partial<TileStats>) => {
    current = { ...current, ...change };
    video.dataset["frames"] = String(current.frames);
    for (const listener of listeners) listener();
  };

  const drawn = () => {
    if (closed) return;
    shown?.();
    shown = null;
    failures = 0;
    current = {
      ...current,
      frames: current.frames + 1,
      mediaTime: Date.now() / 1000,
      width: video.videoWidth,
      height: video.videoHeight,
      state: "live",
      problem: null,
    };
    video.requestVideoFrameCallback(drawn);
  };

  const start = async () => {
    lastStartMs = Date.now();
    playing.abort();
    playing = new AbortController();
    const { signal } = playing;
    try {
      const { ticket, media_url } = await liveTicket(cameraId);
      if (closed) return;
      const query = new URLSearchParams({ ticket });
      await playStream(
        video,
        `${media_url}/media/v1/cameras/${cameraId}/live.mp4?${query}`,
        signal,
      );
    } catch (error) {
      if (signal.aborted) return; // closed, or started anew
      if (error instanceof ApiProblem) take({ problem: error.status });
    }
    failed(); // an endless stream that ended is a fault too: the camera's parameters changed
  };

  const failed = () => {
    if (closed || held) return;
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(() => void start(), backoffMs(failures, Math.random()));
  };

  const look = setInterval(() => {
    if (held) return;
    const end = video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0;
    if (end - video.currentTime > FARTHEST_BEHIND_S) video.currentTime = end - 0.2;
    const silentMs = Date.now() - Math.max(lastStartMs, (current.mediaTime ?? 0) * 1000);
    if (silentMs > RESTART_AFTER_MS) void start();
    take({});
  }, LOOK_MS);

  video.addEventListener("error", failed);
  video.requestVideoFrameCallback(drawn);
  void start();

  return {
    get closed() {
      return closed;
    },
    stats: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenShown: (callback) => {
      shown = callback;
    },
    show: () => {
      if (closed) return;
      if (held) void start(); // live.mp4 has one stream
      held = false;
    },
    hold: () => {
      held = true;
      clearTimeout(retry);
      playing.abort();
    },
    close: () => {
      closed = true;
      clearInterval(look);
      clearTimeout(retry);
      playing.abort();
      video.removeEventListener("error", failed);
      video.removeAttribute("src");
      video.load();
    },
  };
}
