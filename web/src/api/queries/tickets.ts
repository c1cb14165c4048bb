import { post } from "@/api/client";
import type { ClipTicket, MediaTicket } from "@/api/types";

export const liveTicket = (cameraId: string) =>
  post<MediaTicket>(`/cameras/${cameraId}/ticket`, { purpose: "live" });

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
