/** What is to be said of a tracker at once: is it heard, and is anything wrong with it. Pure. */

import type { DeviceSetup, VanSetup } from "@/api/types";

export const WRONG_CLOCK_S = 60;
const HEARD_WITHIN_S = 15 * 60;

export type Heard = "heard" | "quiet" | "silent" | "never";

const AT_ONCE_S = 5 * 60;

/** Quiet: as a parked van's tracker may be. Silent: a quarter of an hour longer than that. */
export function heard(device: DeviceSetup, van: VanSetup, now: number): Heard {
  if (device.heard_at === null) return "never";
  const silentS = (now - Date.parse(device.heard_at)) / 1000;
  if (silentS > van.stop_interval_s + HEARD_WITHIN_S) return "silent";
  return silentS > Math.max(AT_ONCE_S, 3 * van.report_interval_s) ? "quiet" : "heard";
}

/** The newest word of a tracker was one that was not taken. */
export const refusedNow = ({ heard_at, rejection }: DeviceSetup): boolean =>
  rejection !== null && heard_at !== null && Date.parse(rejection.at) >= Date.parse(heard_at);

export const wrongClock = ({ clock_offset_s }: DeviceSetup): boolean =>
  clock_offset_s !== null && Math.abs(clock_offset_s) >= WRONG_CLOCK_S;

export const troubled = (device: DeviceSetup, van: VanSetup, now: number): boolean =>
  (!device.phone && ["silent", "never"].includes(heard(device, van, now))) ||
  refusedNow(device) ||
  wrongClock(device) ||
  device.checksum_failed > 0;
