import { describe, expect, it } from "vitest";
import { parseRecords, WireError } from "./wire";

function record(tile: number, kind: number, flags: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(24 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 20 + payload.length);
  view.setUint16(4, tile);
  view.setUint8(6, kind);
  view.setUint8(7, flags);
  view.setFloat64(8, 1_790_000_000.5);
  view.setFloat64(16, 1_790_000_000.25);
  bytes.set(payload, 24);
  return bytes;
}

function message(...records: Uint8Array[]): ArrayBuffer {
  const joined = new Uint8Array(records.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of records) {
    joined.set(one, at);
    at += one.length;
  }
  return joined.buffer;
}

const text = (value: string) => new TextEncoder().encode(value);

describe("parseRecords", () => {
  it("reads a config, a frame and a notice out of one message", () => {
    const codec = text("avc1.42e01f");
    const config = new Uint8Array([codec.length, ...codec, 0x02, 0x80, 0x01, 0x68, 1, 66, 224]);
    const parsed = parseRecords(
      message(
        record(7, 0, 0, config),
        record(7, 1, 3, new Uint8Array([0, 0, 0, 1, 9])),
        record(8, 2, 0, text('{"type":"drop","count":4}')),
      ),
    );
    expect(parsed).toHaveLength(3);
    expect(parsed[0]).toMatchObject({
      kind: "config",
      codec: "avc1.42e01f",
      width: 640,
      height: 360,
    });
    expect(parsed[0]?.kind === "config" && [...parsed[0].description]).toEqual([1, 66, 224]);
    expect(parsed[1]).toMatchObject({ kind: "frame", tile: 7, key: true, catchUp: true });
    expect(parsed[1]).toMatchObject({ serverTime: 1_790_000_000.5, mediaTime: 1_790_000_000.25 });
    expect(parsed[1]?.kind === "frame" && [...parsed[1].payload]).toEqual([0, 0, 0, 1, 9]);
    expect(parsed[2]).toMatchObject({ kind: "notice", notice: { type: "drop", count: 4 } });
  });

  it("passes over kinds that it does not know", () => {
    expect(parseRecords(message(record(1, 9, 0, new Uint8Array(3))))).toEqual([]);
  });

  it.each([
    ["a cut header", new Uint8Array(9).buffer],
    ["a length beyond the message", message(record(1, 1, 0, new Uint8Array(8))).slice(0, 28)],
    ["a notice that is not JSON", message(record(1, 2, 0, text("noise")))],
    ["an empty config", message(record(1, 0, 0, new Uint8Array(0)))],
    ["a config whose codec runs over", message(record(1, 0, 0, new Uint8Array([200, 1, 2])))],
    ["a length of zero", new Uint8Array(24).buffer],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseRecords(bytes)).toThrow(WireError);
  });

  it("has nothing to say about an empty message", () => {
    expect(parseRecords(new ArrayBuffer(0))).toEqual([]);
  });
});
