import { describe, expect, it } from "vitest";
import { judged, moved, turned } from "./liveQueries";
import { withAlert } from "./queries/alerts";
import type { Alert, Trip, Vehicle, VehiclePosition } from "./types";

const fix = (fixed_at: string, latitude: number, received_at = fixed_at) =>
  ({ vehicle_id: "v1", latitude, longitude: 71, fixed_at, received_at }) as VehiclePosition;
const van = (position: VehiclePosition | null) =>
  ({ id: "v1", freshness: "stale", report_interval_s: 10, position }) as Vehicle;
const alert = (id: string, raised_at: string, state = "open") =>
  ({ id, raised_at, state }) as Alert;

describe("turned", () => {
  it("counts the 30 s by this window's clock, however wrong either is", () => {
    const told = { camera_id: "c1", operator_id: "o1", full_name: "Айгүл", left_s: 30 };
    const nowMs = Date.parse("2020-01-01T00:00:00Z");
    expect(turned({ ...told, until: "2026-11-22T05:00:30Z" }, nowMs)).toEqual({
      operator_id: "o1",
      full_name: "Айгүл",
      until: "2020-01-01T00:00:30.000Z",
    });
  });
});

describe("moved", () => {
  it("takes a newer fix and calls the van online", () => {
    const [after] = moved(
      [van(fix("2026-11-22T05:00:00Z", 51))],
      [fix("2026-11-22T05:00:10Z", 52)],
    );
    expect(after).toMatchObject({ freshness: "online", position: { latitude: 52 } });
  });
  it("never goes back to an older fix", () => {
    const before = van(fix("2026-11-22T05:00:00Z", 51));
    expect(moved([before], [fix("2026-11-22T04:59:00Z", 50)])).toEqual([before]);
  });
  it("does not call a van online for a fix that was sent late", () => {
    const late = fix("2026-11-22T05:00:10Z", 52, "2026-11-22T05:30:00Z");
    const [after] = moved([van(fix("2026-11-22T05:00:00Z", 51))], [late]);
    expect(after).toMatchObject({ freshness: "stale", position: { latitude: 52 } });
  });
  it("takes the first fix of a van that had none", () => {
    expect(moved([van(null)], [fix("2026-11-22T05:00:00Z", 51)])[0]?.position?.latitude).toBe(51);
  });
});

describe("withAlert", () => {
  const old = alert("a", "2026-11-22T05:00:00Z");
  it("puts the newest first", () => {
    const fresh = alert("b", "2026-11-22T05:01:00Z");
    expect(withAlert([old], fresh).map(({ id }) => id)).toEqual(["b", "a"]);
  });
  it("changes one in its place and drops what is resolved", () => {
    const other = alert("b", "2026-11-22T05:01:00Z");
    const acknowledged = alert("a", old.raised_at, "acknowledged");
    expect(withAlert([other, old], acknowledged)).toEqual([other, acknowledged]);
    expect(withAlert([other, old], alert("a", old.raised_at, "resolved"))).toEqual([other]);
  });
});

describe("judged", () => {
  const trip = {
    id: "t1",
    state: "planned",
    note: "kept",
    visits: [
      { sequence: 1, state: "planned", arrived_at: null, village: "esik" },
      { sequence: 2, state: "planned", arrived_at: null, village: "turgen" },
    ],
  } as Trip;
  const told = {
    id: "t1",
    vehicle_id: "v1",
    state: "running" as const,
    progress_m: 12,
    visits: [
      {
        sequence: 2,
        state: "arrived" as const,
        arrived_at: "2026-11-22T05:00:00Z",
        departed_at: null,
        expected_at: null,
      },
    ],
  };
  it("puts what was found beside what was planned", () => {
    const [after] = judged([trip], told);
    expect(after).toMatchObject({ state: "running", progress_m: 12, note: "kept" });
    expect(after?.visits[0]).toEqual(trip.visits[0]);
    expect(after?.visits[1]).toMatchObject({ state: "arrived", village: "turgen" });
  });
  it("leaves other trips alone", () => {
    expect(judged([trip], { ...told, id: "t2" })).toEqual([trip]);
  });
});
