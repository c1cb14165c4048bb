import { afterEach, describe, expect, it, vi } from "vitest";
import { isTooSlow, TileDecoder } from "./tileDecoder";

describe("isTooSlow", () => {
  it.each([
    ["keeps up", 2, 100, 100.1, false],
    ["is given a picture after a gap", 0, 100, 130, false],
    ["decodes the cached pictures of a join", 60, null, 100, false],
    ["is behind by a moment", 12, 100, 100.8, false],
    ["is behind by more than a second", 12, 100, 101.1, true],
    ["is buried, also before the first picture", 121, null, 100, true],
  ])("when it %s", (_, waiting, drawn, arrived, slow) => {
    expect(isTooSlow(waiting, drawn, arrived)).toBe(slow);
  });
});

describe("TileDecoder", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("shows a join's key picture at once, then only the newest, and tells the newest's time", () => {
    let output: (frame: VideoFrame) => void = () => undefined;
    class Decoder {
      decodeQueueSize = 0;
      state = "configured";
      constructor(callbacks: VideoDecoderInit) {
        output = (frame) => callbacks.output(frame);
      }
      configure() {}
      decode() {}
      close() {}
    }
    vi.stubGlobal("VideoDecoder", Decoder);
    vi.stubGlobal("EncodedVideoChunk", vi.fn());
    const closed: number[] = [];
    const shown: number[] = [];
    const screen = {
      width: 0,
      height: 0,
      show: (frame: VideoFrame) => shown.push(frame.timestamp),
      close: () => undefined,
    };
    const decoder = new TileDecoder(screen);
    const head = { tile: 1, serverTime: 0 };
    const description = new Uint8Array(1);
    decoder.configure({
      ...head,
      ...{ kind: "config", codec: "avc1.42e01f", width: 2, height: 2, description, mediaTime: 0 },
    });
    const payload = new Uint8Array(1);
    for (const mediaTime of [1, 2, 3, 4]) {
      const flags = { key: mediaTime === 1, catchUp: mediaTime < 4 };
      decoder.decode({ ...head, ...flags, kind: "frame", mediaTime, payload });
    }
    const decoded = (timestamp: number) =>
      output({ timestamp, close: () => closed.push(timestamp) } as unknown as VideoFrame);
    decoded(1e6);
    expect([shown, decoder.mediaTime]).toEqual([[1e6], null]);
    for (const timestamp of [2e6, 3e6, 4e6]) decoded(timestamp);
    expect([shown, closed, decoder.mediaTime]).toEqual([[1e6, 4e6], [2e6, 3e6], 4]);
  });
});
