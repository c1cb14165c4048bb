/** Playing a recording through hls.js, addressed by the clock on the wall. */

import Hls, { Events, type ErrorData, type Fragment } from "hls.js";
import type { MediaTicket, StreamKind } from "@/api/types";

export interface ReplayRequest {
  cameraId: string;
  from: Date;
  to: Date;
  /** Where playing begins. */
  startAt: Date;
  stream: StreamKind;
  ticket: MediaTicket;
  /** Whether it plays as soon as it can; else it stays as it is. */
  play: boolean;
}

/** Nothing is recorded, browsers cannot decode it, the right to it ran out, or it did not come. */
export type ReplayFault = "missing" | "unplayable" | "expired" | "failed";

export interface ReplayListener {
  onFault(fault: ReplayFault): void;
  /** A picture is on screen; `atMs` is its instant. */
  onFrame(atMs: number): void;
  onAudio(): void;
}

export interface Replay {
  /** Goes to an instant; into a gap means to the first picture after it. */
  seek(atMs: number): void;
  setRate(rate: number): void;
  close(): void;
}

const FAULTS: Record<number, ReplayFault> = { 401: "expired", 404: "missing", 409: "unplayable" };
const BUFFER_S = 20;

/** Opens an interval in `video`. */
export function openReplay(
  video: HTMLVideoElement,
  { cameraId, from, to, startAt, stream, ticket, play }: ReplayRequest,
  listener: ReplayListener,
): Replay {
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: to.toISOString(),
    stream,
    ticket: ticket.ticket,
  });
  const hls = new Hls({ autoStartLoad: false, maxBufferLength: BUFFER_S, backBufferLength: 30 });
  const fragments = () => hls.latestLevelDetails?.fragments ?? [];
  let closed = false;
  // Only the playlist knows which position is that minute; nothing before it is fetched.
  hls.once(Events.LEVEL_LOADED, (_, { details }) =>
    hls.startLoad(positionOf(details.fragments, startAt.getTime()) ?? 0),
  );
  // Asked for, not left to the element: a paused one waits for ever before a hole of some
  // milliseconds at its beginning, which a playing one is helped over.
  if (play) {
    hls.once(Events.MEDIA_ATTACHED, () => {
      video.play().catch((error: unknown) => {
        if (!(error instanceof DOMException)) throw error; // paused or closed before it began
      });
    });
  }
  hls.on(Events.BUFFER_CODECS, (_, tracks) => {
    const codecs = [tracks.audio, tracks.audiovideo].map((track) => track?.codec ?? "");
    if (codecs.some((codec) => codec.includes("mp4a"))) listener.onAudio();
  });
  hls.on(Events.ERROR, (_, error: ErrorData) => {
    if (!error.fatal) return;
    const fault = FAULTS[error.response?.code ?? 0];
    if (fault) listener.onFault(fault);
    else if (error.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else listener.onFault("failed");
  });
  const presented: VideoFrameRequestCallback = (_, { mediaTime }) => {
    if (closed) return;
    const atMs = instantAt(fragments(), mediaTime);
    if (atMs !== null) {
      video.dataset["at"] = String(atMs);
      listener.onFrame(atMs);
    }
    video.requestVideoFrameCallback(presented);
  };
  video.requestVideoFrameCallback(presented);
  hls.loadSource(`${ticket.media_url}/media/v1/cameras/${cameraId}/replay.m3u8?${query}`);
  hls.attachMedia(video);
  return {
    seek: (atMs) => {
      const at = positionOf(fragments(), atMs);
      if (at !== null) video.currentTime = at;
    },
    setRate: (rate) => {
      video.playbackRate = rate;
      hls.config.maxBufferLength = BUFFER_S * Math.max(rate, 1);
    },
    close: () => {
      closed = true;
      hls.destroy();
    },
  };
}

type Placed = Pick<Fragment, "start" | "duration" | "programDateTime">;

/** The instant that the playlist gives to a position in seconds. */
export function instantAt(fragments: readonly Placed[], position: number): number | null {
  const found =
    fragments.findLast(({ start }) => start <= position + 0.001) ?? fragments[0] ?? null;
  if (!found || found.programDateTime === null) return null;
  return found.programDateTime + (position - found.start) * 1000;
}

/** The position in seconds of an instant, or of the first picture after it. */
export function positionOf(fragments: readonly Placed[], atMs: number): number | null {
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime === null) continue;
    const offset = (atMs - programDateTime) / 1000;
    if (offset < 0) return start;
    if (offset < duration) return start + offset;
  }
  const last = fragments.at(-1);
  return last ? last.start + last.duration : null;
}

/** Where the strip of key pictures of a span is. */
export function thumbnailsUrl(
  { ticket, media_url }: MediaTicket,
  cameraId: string,
  from: Date,
  to: Date,
  count: number,
): string {
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: to.toISOString(),
    count: String(count),
    ticket,
  });
  return `${media_url}/media/v1/cameras/${cameraId}/thumbnails?${query}`;
}
