import { describe, expect, it } from "vitest";
import {
  area,
  hasAnchor,
  mistake,
  moveCorner,
  newZone,
  nudged,
  removeCorner,
  splitSide,
  toSend,
  type Corner,
} from "./zones";

const SQUARE: Corner[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

describe("corners", () => {
  it("stay inside the picture", () => {
    expect(moveCorner(SQUARE, 1, [1.7, -0.2])[1]).toEqual([1, 0]);
  });
  it("are added in the middle of a side, also of the last one", () => {
    expect(splitSide(SQUARE, 0)[1]).toEqual([0.5, 0]);
    expect(splitSide(SQUARE, 3)[4]).toEqual([0, 0.5]);
  });
  it("are at least three", () => {
    const triangle = removeCorner(SQUARE, 0);
    expect(triangle).toHaveLength(3);
    expect(removeCorner(triangle, 0)).toBe(triangle);
  });
  it.each([
    ["ArrowLeft", false, [0.49, 0.5]],
    ["ArrowDown", false, [0.5, 0.51]],
    ["ArrowRight", true, [0.502, 0.5]],
    ["Enter", false, null],
  ])("move by %s (small: %s)", (key, small, to) => {
    expect(nudged([0.5, 0.5], key, small)).toEqual(to);
  });
});

describe("zones", () => {
  it("keep the numbers of a queue only for a queue", () => {
    const queue = { ...newZone("1"), window_id: "w" };
    expect(toSend([queue])[0]).toMatchObject({ queue_limit: 5, window_id: null });
    expect(toSend([{ ...queue, kind: "operator" }])[0]).toMatchObject({
      queue_limit: null,
      queue_for_s: null,
      window_id: "w",
    });
    expect(toSend([queue])[0]).not.toHaveProperty("key");
  });
  it("are looked at larger unless they are masks, and tell head from foot on a floor", () => {
    const far = { ...newZone("1"), zoom: true };
    expect(toSend([far])[0]).toMatchObject({ zoom: true, anchor: "foot" });
    expect(toSend([{ ...far, kind: "mask" }])[0]).toMatchObject({ zoom: false });
    expect((["queue", "hall", "operator", "mask"] as const).map(hasAnchor)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it("say what is missing", () => {
    expect(mistake([newZone("1")])).toBeNull();
    expect(mistake([{ ...newZone("1"), kind: "operator" }])).toBe("camera.zone.needs_window");
    expect(
      mistake([
        {
          ...newZone("1"),
          polygon: [
            [0, 0],
            [1, 0],
            [0.5, 0],
          ],
        },
      ]),
    ).toBe("camera.zone.too_small");
    expect(area(SQUARE)).toBe(1);
  });
});
