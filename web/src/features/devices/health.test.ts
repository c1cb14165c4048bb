import { expect, it } from "vitest";
import type { DeviceSetup, VanSetup } from "@/api/types";
import { heard, troubled } from "./health";

const NOON = Date.parse("2026-03-19T07:00:00Z");
const ago = (minutes: number) => new Date(NOON - minutes * 60_000).toISOString();
const VAN = { report_interval_s: 30, stop_interval_s: 3600 } as VanSetup;
const SOUND: DeviceSetup = {
  id: "d",
  identifier: "1",
  protocol: "wialon",
  has_password: false,
  phone: false,
  heard_at: ago(1),
  rejection: null,
  checksum_failed: 0,
  clock_offset_s: 2,
};
const refused = (minutes: number) => ({
  at: ago(minutes),
  reason: "malformed",
  detail: "",
  count: 1,
});

it.each<[string, Partial<DeviceSetup>, boolean]>([
  ["one that reports", {}, false],
  ["a parked one", { heard_at: ago(74) }, false],
  ["a silent one", { heard_at: ago(76) }, true],
  ["one that never spoke", { heard_at: null }, true],
  ["a crew's phone that is off", { heard_at: null, phone: true }, false],
  ["one that was refused last", { rejection: refused(1) }, true],
  ["one that was refused before", { rejection: refused(2) }, false],
  ["a clock ahead", { clock_offset_s: -90 }, true],
  ["bad checksums", { checksum_failed: 2 }, true],
])("%s", (_, change, trouble) => {
  expect(troubled({ ...SOUND, ...change }, VAN, NOON)).toBe(trouble);
});

it("tells silence from never having spoken", () => {
  expect(heard({ ...SOUND, heard_at: ago(600) }, VAN, NOON)).toBe("silent");
  expect(heard({ ...SOUND, heard_at: null }, VAN, NOON)).toBe("never");
  expect(heard({ ...SOUND, heard_at: ago(6) }, VAN, NOON)).toBe("quiet");
  expect(heard({ ...SOUND, heard_at: ago(4) }, VAN, NOON)).toBe("heard");
});
