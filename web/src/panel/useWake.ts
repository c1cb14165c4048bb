import { useEffect, useState } from "react";
import { Wake, type WakeLocks } from "./wake";

/** The screen stays on while `on`, as far as the phone lets it. */
export function useWake(on: boolean): void {
  const [wake] = useState(() => new Wake((navigator as { wakeLock?: WakeLocks }).wakeLock));
  useEffect(() => {
    const want = () => {
      if (document.visibilityState === "visible") void wake.want(on);
    };
    want();
    document.addEventListener("visibilitychange", want);
    return () => {
      document.removeEventListener("visibilitychange", want);
      void wake.want(false);
    };
  }, [wake, on]);
}
