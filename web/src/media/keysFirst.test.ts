import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeysFirst } from "./keysFirst";

interface Piece {
  tile: number;
  kind: string;
  key?: boolean;
  n: number;
}

describe("KeysFirst", () => {
  let passed: string[];
  let joining: KeysFirst<Piece>;

  beforeEach(() => {
    vi.useFakeTimers();
    passed = [];
    joining = new KeysFirst<Piece>(({ tile, kind, n }) => passed.push(`${tile}${kind[0]}${n}`));
  });
  afterEach(() => vi.useRealTimers());

  const cached = (tile: number) => {
    joining.take({ tile, kind: "config", n: 0 });
    joining.take({ tile, kind: "frame", key: true, n: 1 });
    joining.take({ tile, kind: "frame", key: false, n: 2 });
    joining.take({ tile, kind: "notice", n: 3 });
  };

  it("lets what follows wait until every tile shows its first picture, in order", () => {
    joining.expect(1);
    joining.expect(2);
    cached(1);
    cached(2);
    expect(passed).toEqual(["1c0", "1f1", "2c0", "2f1"]);
    joining.settle(1);
    expect(passed).toHaveLength(4);
    joining.settle(2);
    expect(passed.slice(4)).toEqual(["1f2", "1n3", "2f2", "2n3"]);
    joining.take({ tile: 1, kind: "frame", key: false, n: 4 });
    expect(passed.at(-1)).toBe("1f4");
  });

  it("holds nothing up when one tile joins alone", () => {
    joining.expect(1);
    cached(1);
    expect(passed).toEqual(["1c0", "1f1", "1f2", "1n3"]);
  });

  it("does not wait long for a camera that sends nothing, nor for a tile that was taken away", () => {
    joining.expect(1);
    joining.expect(2);
    cached(1);
    vi.advanceTimersByTime(400);
    expect(passed).toEqual(["1c0", "1f1", "1f2", "1n3"]);
    joining.expect(3);
    joining.expect(4);
    cached(3);
    joining.forget(4);
    joining.settle(3);
    expect(passed).toContain("3n3");
  });

  it("forgets what waits for a tile that shows another camera", () => {
    joining.expect(1);
    joining.expect(2);
    cached(1);
    joining.forget(1);
    joining.settle(2);
    expect(passed).toEqual(["1c0", "1f1"]);
  });
});
