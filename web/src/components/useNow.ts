import { useEffect, useState } from "react";

/** The time of this machine in ms, for handlers of what a person does. */
export const readNow = (): number => Date.now();

interface Beat {
  listeners: Set<() => void>;
  timer: ReturnType<typeof setInterval>;
}

const beats = new Map<number, Beat>();

function beat(everyMs: number): Beat {
  const listeners = new Set<() => void>();
  const timer = setInterval(() => {
    for (const listener of [...listeners]) listener();
  }, everyMs);
  return { listeners, timer };
}

/** Who asks for the same interval shares a timer: what they change then is drawn together. */
export function onBeat(everyMs: number, listener: () => void): () => void {
  const shared = beats.get(everyMs) ?? beat(everyMs);
  beats.set(everyMs, shared);
  shared.listeners.add(listener);
  return () => {
    shared.listeners.delete(listener);
    if (shared.listeners.size > 0 || beats.get(everyMs) !== shared) return;
    clearInterval(shared.timer);
    beats.delete(everyMs);
  };
}

/** The time of this machine in ms, renewed every `everyMs`. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => onBeat(everyMs, () => setNow(Date.now())), [everyMs]);
  return now;
}
