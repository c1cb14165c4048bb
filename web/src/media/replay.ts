/** Replay of a recording through hls.js, addressed by the clock on the wall. */

import Hls, { Events, type ErrorData, type Fragment } from "hls.js";
import { replayTicket } from "@/api/queries/tickets";

export interface ReplayRequest {
  cameraId: string;
  from: Date;
  to: Date;
  /** Where playing begins. */
  startAt: Date;
  reason: string;
  /** The end is the present: later there is more. */
  growing: boolean;
}

export type ReplayFault = "missing" | "failed";

export interface Replay {
  /** Instant of the picture on screen, in ms; null before there is one. */
  positionMs(): number | null;
  /** Goes to an instant; into a gap means to the first picture after it. */
  seek(atMs: number): void;
  close(): void;
}

const NOT_FOUND = 404;

/** Opens an interval in `video`; throws ApiProblem when no ticket is given. */
export async function openReplay(
  video: HTMLVideoElement,
  { cameraId, from, to, startAt, reason }: ReplayRequest,
  onFault: (fault: ReplayFault) => void,
): Promise<Replay> {
  const { ticket, media_url } = await replayTicket(cameraId, from, to, reason);
  const query = new URLSearchParams({
    from: from.toISOString(),
    to: to.toISOString(),
    stream: "main",
    ticket,
  });
  const hls = new Hls({ autoStartLoad: false, maxBufferLength: 20, backBufferLength: 30 });
  // Only the playlist knows which position is that minute; nothing before it is fetched.
  hls.once(Events.LEVEL_LOADED, (_, { details }) =>
    hls.startLoad(positionOf(details.fragments, startAt.getTime()) ?? 0),
  );
  hls.on(Events.ERROR, (_, error: ErrorData) => {
    if (!error.fatal) return;
    if (error.response?.code === NOT_FOUND) onFault("missing");
    else if (error.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else onFault("failed");
  });
  hls.loadSource(`${media_url}/media/v1/cameras/${cameraId}/replay.m3u8?${query}`);
  hls.attachMedia(video);
  const fragments = () => hls.latestLevelDetails?.fragments ?? [];
  return {
    positionMs: () => instantAt(fragments(), video.currentTime),
    seek: (atMs) => {
      const at = positionOf(fragments(), atMs);
      if (at !== null) video.currentTime = at;
    },
    close: () => hls.destroy(),
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
