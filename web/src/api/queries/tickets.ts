import { post } from "@/api/client";
import type { MediaTicket } from "@/api/types";

export const liveTicket = (cameraId: string) =>
  post<MediaTicket>(`/cameras/${cameraId}/ticket`, { purpose: "live" });

export const replayTicket = (cameraId: string, from: Date, to: Date, reason: string) =>
  post<MediaTicket>(`/cameras/${cameraId}/ticket`, {
    purpose: "replay",
    from: from.toISOString(),
    to: to.toISOString(),
    reason,
  });

export const clipTicket = (clipId: string) => post<MediaTicket>(`/evidence/${clipId}/ticket`);
