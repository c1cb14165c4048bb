import { describe, expect, it } from "vitest";
import type { PresenceDay } from "@/api/types";
import { waited } from "@/api/liveQueries";
import type { Office } from "@/api/types";
import { placed } from "./strip";

const day: PresenceDay = {
  starts_at: "2026-03-19T00:00:00+05:00",
  ends_at: "2026-03-20T00:00:00+05:00",
  windows: [
    {
      window_id: "two",
      number: 2,
      spans: [
        {
          state: "occupied",
          started_at: "2026-03-19T06:00:00+05:00",
          ended_at: "2026-03-19T12:00:00+05:00",
        },
        {
          state: "unknown",
          started_at: "2026-03-19T12:00:00+05:00",
          ended_at: "2026-03-19T18:00:00+05:00",
        },
      ],
    },
  ],
};

describe("a window's day", () => {
  it("lies on the strip where it was, and what is unknown is nowhere", () => {
    expect(placed(day, "two")).toMatchObject([{ state: "occupied", left: 0.25, width: 0.25 }]);
    expect(placed(day, "three")).toEqual([]);
  });
});

describe("waiting", () => {
  it("is told for its office, and what the tickets said stays", () => {
    const tickets = { wait_s: 240, calls: 3, difference_s: 60 };
    const told = {
      office_id: "a",
      at: "2026-03-19T07:00:00Z",
      wait: { value_s: 300, low_s: 240, high_s: 360 },
      wait_from: "flow",
      forecast_s: 280,
      forecast_high_s: 410,
      service: null,
      served: 2,
      staffed: 3,
    } as const;
    const offices = [
      { id: "a", waiting: { ...told, tickets } },
      { id: "b", waiting: null },
    ] as unknown as Office[];
    const [first, second] = waited(offices, { ...told, served: 3 });
    expect(first?.waiting).toMatchObject({ served: 3, tickets });
    expect(second?.waiting).toBeNull();
  });
});
