import { post } from "@/api/client";
import type { ClipTicket, MediaTicket, WallTickets } from "@/api/types";

type Waiter = PromiseWithResolvers<MediaTicket>;

const WALL = 64; // what the API gives in one answer
let wanted = new Map<string, Waiter[]>();

/** A ticket to watch a camera now. Those asked for together, as by a wall's page, come together. */
export function liveTicket(cameraId: string): Promise<MediaTicket> {
  if (wanted.size === 0) queueMicrotask(fetchWanted);
  const waiter = Promise.withResolvers<MediaTicket>();
  wanted.set(cameraId, [...(wanted.get(cameraId) ?? []), waiter]);
  return waiter.promise;
}

function fetchWanted(): void {
  const all = [...wanted];
  wanted = new Map();
  for (let at = 0; at < all.length; at += WALL) void fetchTogether(all.slice(at, at + WALL));
}

async function fetchTogether(cameras: [string, Waiter[]][]): Promise<void> {
  const found = new Map<string, MediaTicket>();
  if (cameras.length > 1) {
    const camera_ids = cameras.map(([id]) => id);
    const answer = await post<WallTickets>("/cameras/tickets", { camera_ids }).catch(() => null);
    for (const ticket of answer?.items ?? []) found.set(ticket.camera_id, ticket);
  }
  // A camera that is left out is asked for alone: that answer says what is wrong.
  for (const [id, waiters] of cameras) {
    const ticket = found.get(id) ?? post<MediaTicket>(`/cameras/${id}/ticket`, { purpose: "live" });
    for (const { resolve } of waiters) resolve(ticket);
  }
}

export const replayTicket = (cameraId: string, from: Date, to: Date, reason: string) =>
  post<MediaTicket>(`/cameras/${cameraId}/ticket`, {
    purpose: "replay",
    from: from.toISOString(),
    to: to.toISOString(),
    reason,
  });

/** Where a clip's film (mp4) or manifest (json) can be fetched for the next minute. */
export async function clipAddress(clipId: string, form: "mp4" | "json"): Promise<string> {
  const { ticket, media_url } = await post<ClipTicket>(`/evidence/${clipId}/ticket`);
  return `${media_url}/media/v1/clips/${clipId}.${form}?ticket=${encodeURIComponent(ticket)}`;
}
