/** Where the spans of a window's day lie on a strip, as shares of its width. */

import type { PresenceDay } from "@/api/types";

type Span = PresenceDay["windows"][number]["spans"][number];
export type PlacedSpan = Span & { left: number; width: number };

/** What is unknown is left out: the empty strip shows it. */
export function placed(day: PresenceDay, windowId: string): PlacedSpan[] {
  const start = Date.parse(day.starts_at);
  const length = Date.parse(day.ends_at) - start;
  const spans = day.windows.find(({ window_id }) => window_id === windowId)?.spans ?? [];
  return spans
    .filter(({ state }) => state !== "unknown")
    .map((span) => {
      const left = (Date.parse(span.started_at) - start) / length;
      return { ...span, left, width: (Date.parse(span.ended_at) - start) / length - left };
    });
}
