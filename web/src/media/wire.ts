/** The media node's live protocol: JSON to the node, concatenated binary records from it. */

import type { StreamKind, StreamState } from "@/api/types";

const HEADER_BYTES = 4 + 2 + 1 + 1 + 8 + 8;
const FLAG_KEY = 1;
const FLAG_CATCH_UP = 2;

interface RecordHead {
  tile: number;
  /** Unix seconds on the node's clock when the record was sent. */
  serverTime: number;
  /** Unix seconds of the picture. */
  mediaTime: number;
}

export interface ConfigRecord extends RecordHead {
  kind: "config";
  codec: string;
  width: number;
  height: number;
  /** avcC body for VideoDecoder.configure. */
  description: Uint8Array<ArrayBuffer>;
}

export interface FrameRecord extends RecordHead {
  kind: "frame";
  key: boolean;
  /** Decode it, but draw it only if nothing newer follows. */
  catchUp: boolean;
  /** AVCC: 4-byte length-prefixed NAL units. */
  payload: Uint8Array<ArrayBuffer>;
}

export type Notice =
  | { type: "state"; state: StreamState; since: string; detail: string }
  | { type: "drop"; count: number };

export interface NoticeRecord extends RecordHead {
  kind: "notice";
  notice: Notice;
}

export type LiveRecord = ConfigRecord | FrameRecord | NoticeRecord;

export type LiveRequest =
  | { type: "add"; tile: number; ticket: string; stream: StreamKind; key_only: boolean }
  | { type: "remove"; tile: number }
  | { type: "focus"; tile: number | null };

export interface LiveProblem {
  type: "error";
  tile: number | null;
  problem: { title?: string; detail?: string; status?: number };
}

export class WireError extends Error {
  override name = "WireError";
}

/** Splits one binary message into its records; throws WireError on bytes that are not ours. */
export function parseRecords(message: ArrayBuffer): LiveRecord[] {
  const view = new DataView(message);
  const records: LiveRecord[] = [];
  let at = 0;
  while (at < message.byteLength) {
    if (at + HEADER_BYTES > message.byteLength) throw new WireError("record header is cut off");
    const end = at + 4 + view.getUint32(at);
    if (end > message.byteLength || end < at + HEADER_BYTES) {
      throw new WireError("record length does not fit the message");
    }
    const record = parseRecord(view, at + 4, end);
    if (record) records.push(record);
    at = end;
  }
  return records;
}

function parseRecord(view: DataView<ArrayBuffer>, start: number, end: number): LiveRecord | null {
  const head: RecordHead = {
    tile: view.getUint16(start),
    serverTime: view.getFloat64(start + 4),
    mediaTime: view.getFloat64(start + 12),
  };
  const flags = view.getUint8(start + 3);
  const body = start + 20;
  switch (view.getUint8(start + 2)) {
    case 0:
      return { ...head, kind: "config", ...parseConfig(view, body, end) };
    case 1:
      return {
        ...head,
        kind: "frame",
        key: (flags & FLAG_KEY) !== 0,
        catchUp: (flags & FLAG_CATCH_UP) !== 0,
        payload: new Uint8Array(view.buffer, body, end - body),
      };
    case 2:
      return { ...head, kind: "notice", notice: parseNotice(view, body, end) };
    default:
      return null; // a later node may send kinds that this page does not know yet
  }
}

function parseConfig(view: DataView<ArrayBuffer>, body: number, end: number) {
  if (body >= end) throw new WireError("config record is empty");
  const codecEnd = body + 1 + view.getUint8(body);
  if (codecEnd + 4 > end) throw new WireError("config record is cut off");
  const codec = new TextDecoder().decode(
    new Uint8Array(view.buffer, body + 1, codecEnd - body - 1),
  );
  const description = new Uint8Array(view.buffer.slice(codecEnd + 4, end));
  return {
    codec,
    width: view.getUint16(codecEnd),
    height: view.getUint16(codecEnd + 2),
    description,
  };
}

function parseNotice(view: DataView<ArrayBuffer>, body: number, end: number): Notice {
  const text = new TextDecoder().decode(new Uint8Array(view.buffer, body, end - body));
  try {
    return JSON.parse(text) as Notice;
  } catch {
    throw new WireError("notice is not JSON");
  }
}
