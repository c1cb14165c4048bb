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

  it("shows a join's key picture at once, then only the newest; one decoder serves all cameras", () => {
    let made = 0;
    const asked: string[] = [];
    let output: (frame: VideoFrame) => void = () => undefined;
    class Decoder {
      decodeQueueSize = 0;
      state = "configured";
      constructor(callbacks: VideoDecoderInit) {
        made += 1;
        output = (frame) => callbacks.output(frame);
      }
      configure() {
        asked.push("configure");
      }
      reset() {
        asked.push("reset");
      }
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
      clear: () => asked.push("clear"),
      show: (frame: VideoFrame) => shown.push(frame.timestamp),
      close: () => undefined,
    };
    const decoder = new TileDecoder(screen);
    const head = { tile: 1, serverTime: 0 };
    const description = new Uint8Array(1);
    let firsts = 0;
    decoder.begin(0, () => (firsts += 1));
    const config = { codec: "avc1.42e01f", width: 2, height: 2, description, mediaTime: 0 };
    decoder.configure({ ...head, ...config, kind: "config" });
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
    expect([firsts, decoder.frames]).toEqual([1, 2]);

    asked.length = 0;
    decoder.begin(1, () => (firsts += 1));
    expect([decoder.frames, decoder.mediaTime, decoder.width]).toEqual([0, null, 0]);
    decoded(5e6); // of the camera before: nobody sees it
    decoder.configure({ ...head, ...config, kind: "config" });
    decoder.decode({ ...head, kind: "frame", key: true, catchUp: false, mediaTime: 1, payload });
    decoded(1e6 + 1);
    expect([made, asked, firsts]).toEqual([1, ["reset", "clear", "reset", "configure"], 2]);
    expect([shown, closed]).toEqual([
      [1e6, 4e6, 1e6 + 1],
      [2e6, 3e6, 5e6],
    ]);
  });
});
