import { describe, expect, it } from "vitest";
import type { Alert } from "@/api/types";
import { attentionQueue, borderOf, neighbour, takesTile, tileOf } from "./attention";
import { FIRST_LAYOUT, nextSide, parseLayout, wallPages, withSlot } from "./layout";

const alert = (id: string, change: Partial<Alert> = {}): Alert =>
  ({
    id,
    rule: "queue_too_long",
    severity: "warning",
    state: "open",
    camera: { id: "c1" },
    raised_at: `2026-11-22T05:00:0${id}Z`,
    ...change,
  }) as Alert;
const ids = (alerts: Alert[]) => alerts.map(({ id }) => id).join("");

describe("layout", () => {
  it("fills unset tiles with cameras that are not shown yet", () => {
    const layout = withSlot(withSlot(FIRST_LAYOUT, 1, "a"), 2, null);
    expect(wallPages(layout, ["a", "b", "c"])).toEqual([["b", "a", null, "c"]]);
  });
  it("leaves tiles empty when there are too few cameras", () => {
    expect(wallPages({ side: 2, slots: [] }, ["a"])).toEqual([["a", null, null, null]]);
  });
  it("replaces a camera that is gone", () => {
    expect(wallPages({ side: 2, slots: ["gone"] }, ["a"])[0]?.[0]).toBe("a");
  });
  it("puts what does not fit on further pages", () => {
    const layout = withSlot(FIRST_LAYOUT, 5, "a");
    expect(wallPages(layout, ["a", "b", "c", "d", "e", "f", "g"])).toEqual([
      ["b", "c", "d", "e"],
      ["f", "a", "g", null],
    ]);
  });
  it("has no page that shows nothing", () => {
    const layout = withSlot(withSlot(FIRST_LAYOUT, 9, "gone"), 10, null);
    expect(wallPages(layout, ["a"])).toHaveLength(1);
    expect(wallPages(layout, [])).toEqual([[null, null, null, null]]);
  });
  it.each([null, "", "[]", "{}", '{"side":7,"slots":[]}', '{"side":3}', "nonsense"])(
    "starts anew from %s",
    (text) => expect(parseLayout(text)).toEqual(FIRST_LAYOUT),
  );
  it("reads what it wrote", () => {
    expect(parseLayout('{"side":3,"slots":["a",null,false]}')).toEqual({
      side: 3,
      slots: ["a", null, undefined],
    });
  });
  it("cycles 2, 3, 4", () =>
    expect([2, 3, 4].map((side) => nextSide(side as 2))).toEqual([3, 4, 2]));
});

describe("attention", () => {
  const complaint = alert("1", { rule: "complaint_received", severity: "info" });
  const critical = alert("2", { severity: "critical" });
  it("puts complaints first, then the graver, then the newer", () => {
    expect(ids(attentionQueue([alert("3"), alert("4"), critical, complaint], new Set()))).toBe(
      "1243",
    );
  });
  it("leaves out what is acknowledged, released or has no camera", () => {
    const others = [
      alert("5", { state: "acknowledged" }),
      alert("6", { camera: null }),
      alert("7"),
    ];
    expect(attentionQueue(others, new Set(["7"]))).toEqual([]);
  });
  it.each([
    ["2", 1, "3"],
    ["3", 1, "2"],
    ["2", -1, "3"],
    [null, 1, "2"],
    ["gone", -1, "2"],
  ] as const)("from %s by %s comes %s", (current, step, next) => {
    expect(neighbour([alert("2"), alert("3")], current, step)?.id).toBe(next);
  });
  it.each([
    ["into an idle tile", null, alert("3"), 0, true],
    ["a complaint over anything", critical, complaint, 0, true],
    [
      "a newer complaint over an older",
      complaint,
      alert("9", { rule: "complaint_received" }),
      0,
      true,
    ],
    ["nothing over a complaint at once", complaint, critical, 5000, false],
    ["after it was looked at", complaint, critical, 20_001, true],
    ["never without a camera", null, alert("3", { camera: null }), 0, false],
    ["never when it is acknowledged", null, alert("3", { state: "acknowledged" }), 0, false],
  ])("takes the tile %s", (_, current, arrived, heldMs, takes) => {
    expect(takesTile(current, arrived, heldMs)).toBe(takes);
  });
  it.each([
    ["the tile that shows its camera", alert("3"), ["c0", "c1", null, "c3"], 1],
    ["the last tile for another camera", alert("3"), ["c0", "c2", null, "c3"], 3],
    ["no tile without a camera", alert("3", { camera: null }), ["c1"], -1],
    ["no tile when there is none", null, ["c1"], -1],
  ])("takes %s", (_, current, slots, tile) => expect(tileOf(current, slots)).toBe(tile));
  it("has no neighbour in an empty queue", () => expect(neighbour([], null, 1)).toBeNull());
  it("shows an open alert before an acknowledged graver one", () => {
    const acknowledged = alert("2", { severity: "critical", state: "acknowledged" });
    expect(borderOf([acknowledged, alert("3")], "c1")?.id).toBe("3");
    expect(borderOf([alert("3")], "c2")).toBeNull();
  });
});
