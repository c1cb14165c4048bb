import { useEffect, useState } from "react";

/** The time of this machine in ms, for handlers of what a person does. */
export const readNow = (): number => Date.now();

/** The time of this machine in ms, renewed every `everyMs`. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
