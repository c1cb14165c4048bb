import { describe, expect, it } from "vitest";
import { codecOf } from "./mseStream";

const box = (...tail: number[]) => new Uint8Array([0, 0, 0, 30, 0x61, 0x76, 0x63, 0x43, ...tail]);

describe("codecOf", () => {
  it("reads profile, compatibility and level from avcC", () => {
    expect(codecOf(box(1, 0x42, 0xc0, 0x16, 0xff))).toBe("avc1.42c016");
    expect(codecOf(box(1, 0x64, 0x00, 0x1f, 0xff))).toBe("avc1.64001f");
  });

  it("waits while the box is not whole", () => {
    expect(codecOf(new Uint8Array(0))).toBeNull();
    expect(codecOf(box(1, 0x42))).toBeNull();
  });
});
