/** Where things lie on the replay's timeline, in per cent of its span. Pure. */

export interface Span {
  fromMs: number;
  toMs: number;
}

const BEFORE_STATED_MS = 10 * 60_000;
const AFTER_STATED_MS = 15 * 60_000;

/**
 * What the timeline shows: well around the stated time and its uncertainty, and never a time
 * that is still to come. `replayFromMs` is always inside.
 */
export function replaySpan(
  happenedMs: number,
  withinMs: number,
  replayFromMs: number,
  nowMs: number,
): Span {
  const fromMs = Math.min(happenedMs - withinMs - BEFORE_STATED_MS, replayFromMs);
  const wantedMs = replayUntil(happenedMs, withinMs);
  return { fromMs, toMs: Math.max(Math.min(wantedMs, nowMs), fromMs + 60_000) };
}

/** Where it ends once all of it is recorded. */
export const replayUntil = (happenedMs: number, withinMs: number): number =>
  happenedMs + withinMs + AFTER_STATED_MS;

export interface Bar {
  left: number;
  width: number;
}

/** A stretch of time cut to the span; null when it lies outside. */
export function barOf(span: Span, startMs: number, endMs: number): Bar | null {
  const start = Math.max(startMs, span.fromMs);
  const end = Math.min(endMs, span.toMs);
  if (end <= start) return null;
  const whole = span.toMs - span.fromMs;
  return { left: ((start - span.fromMs) / whole) * 100, width: ((end - start) / whole) * 100 };
}

export function markOf(span: Span, atMs: number): number | null {
  if (atMs < span.fromMs || atMs > span.toMs) return null;
  return ((atMs - span.fromMs) / (span.toMs - span.fromMs)) * 100;
}

/** Full minutes to write under the line, five to ten of them. */
export function ticksOf(span: Span): number[] {
  const minutes = (span.toMs - span.fromMs) / 60_000;
  const every = [1, 2, 5, 10, 15, 30, 60].find((step) => minutes / step <= 8) ?? 120;
  const stepMs = every * 60_000;
  const first = Math.ceil(span.fromMs / stepMs) * stepMs;
  const ticks = [];
  for (let at = first; at <= span.toMs; at += stepMs) ticks.push(at);
  return ticks;
}
