import { post } from "@/api/client";
import type { ClipTicket, MediaTicket, WallTickets } from "@/api/types";

type Waiter = PromiseWithResolvers<MediaTicket>;

const WALL = 64; // what the API gives in one answer
const AHEAD_MS = 5_000;
let wanted = new Map<string, Waiter[]>();
let ahead = new Map<string, Promise<MediaTicket>>();
let forget: ReturnType<typeof setTimeout> | undefined;

/** Asks for the tickets of cameras that are about to be shown; liveTicket() then gives them out. */
export function askAhead(cameraIds: readonly string[]): void {
  clearTimeout(forget);
  ahead = new Map(cameraIds.map((id) => [id, liveTicket(id)]));
  for (const ticket of ahead.values()) ticket.catch(() => undefined); // who takes it, hears it
  forget = setTimeout(() => (ahead = new Map()), AHEAD_MS);
}

/** A ticket to watch a camera now. Those asked for together, as by a wall's page, come together. */
export function liveTicket(cameraId: string): Promise<MediaTicket> {
  const asked = ahead.get(cameraId);
  if (asked) {
    ahead.delete(cameraId); // good for one beginning
    return asked;
  }
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
