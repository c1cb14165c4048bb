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
  /** Whether it is to play, asked whenever the film is put into the element anew. */
  plays: () => boolean;
}

/** Nothing is recorded, browsers cannot decode it, the right to it ran out, or it did not come. */
export type ReplayFault = "missing" | "unplayable" | "expired" | "failed";

export interface ReplayListener {
  onFault(fault: ReplayFault): void;
  /** A picture is on screen; `atMs` is its instant. */
  onFrame(atMs: number): void;
  /** It played to the end of the interval. */
  onEnd(): void;
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
const bufferS = (rate: number): number => BUFFER_S * Math.max(rate, 1);
const HOLE_S = 0.5;
const HOLE_CHECK_MS = 500;

/** Opens an interval in `video`. */
export function openReplay(
  video: HTMLVideoElement,
  { cameraId, from, to, startAt, stream, ticket, plays }: ReplayRequest,
  listener: ReplayListener,
): Replay {
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: to.toISOString(),
    stream,
    ticket: ticket.ticket,
  });
  const hls = new Hls({
    autoStartLoad: false,
    maxBufferLength: bufferS(video.defaultPlaybackRate),
    backBufferLength: 30,
  });
  const fragments = () => hls.latestLevelDetails?.fragments ?? [];
  let closed = false;
  // Only the playlist knows which position is that minute; nothing before it is fetched.
  hls.once(Events.LEVEL_LOADED, (_, { details }) =>
    hls.startLoad(positionOf(details.fragments, startAt.getTime()) ?? 0),
  );
  // Asked for, not left to the element: a paused one waits for ever before a hole of some
  // milliseconds at its beginning, and whatever loads it anew pauses it without a word.
  hls.on(Events.MEDIA_ATTACHED, () => {
    if (!plays()) return;
    video.play().catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error; // paused or closed before it began
    });
  });
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
  // hls.js helps a playing film over a hole; a paused one would seek into it for ever.
  const overHole = setInterval(() => {
    const after = video.seeking ? afterHole(video.buffered, video.currentTime) : null;
    if (after !== null) video.currentTime = after;
  }, HOLE_CHECK_MS);
  const ended = () => listener.onEnd();
  video.addEventListener("ended", ended);
  hls.loadSource(`${ticket.media_url}/media/v1/cameras/${cameraId}/replay.m3u8?${query}`);
  hls.attachMedia(video);
  return {
    seek: (atMs) => {
      const at = positionOf(fragments(), atMs);
      if (at !== null) video.currentTime = at;
    },
    setRate: (rate) => {
      video.defaultPlaybackRate = rate; // what an element goes back to when it is loaded anew
      video.playbackRate = rate;
      hls.config.maxBufferLength = bufferS(rate);
    },
    close: () => {
      closed = true;
      clearInterval(overHole);
      video.removeEventListener("ended", ended);
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

/** Where what is buffered goes on after a position that stands in a small hole of it, or null. */
export function afterHole(buffered: TimeRanges, position: number): number | null {
  for (let range = 0; range < buffered.length; range += 1) {
    const start = buffered.start(range);
    if (start <= position && position < buffered.end(range)) return null;
    if (start > position) return start - position <= HOLE_S ? start + 0.001 : null;
  }
  return null;
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
