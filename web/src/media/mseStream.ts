/** Feeds the node's endless fragmented MP4 into a <video> through Media Source Extensions. */

import { problemOf } from "@/api/client";

const KEEP_BEHIND_S = 10;
const TRIM_EVERY_S = 30;
const AVCC = [0x61, 0x76, 0x63, 0x43]; // "avcC"

/** The codec string that an init segment's avcC box gives; null while the box is not there yet. */
export function codecOf(init: Uint8Array): string | null {
  const at = init.findIndex((_, i) => AVCC.every((byte, n) => init[i + n] === byte));
  if (at < 0 || at + 8 > init.length) return null;
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  // After the name: version, then profile, compatibility and level.
  return `avc1.${[...init.subarray(at + 5, at + 8)].map(hex).join("")}`;
}

/** Plays `url` in `video` until the stream ends or `signal` aborts; throws what went wrong. */
export async function playStream(
  video: HTMLVideoElement,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const source = new MediaSource();
  const address = URL.createObjectURL(source);
  video.src = address;
  try {
    await once(source, "sourceopen", signal);
    const response = await fetch(url, { signal });
    if (!response.ok || !response.body) throw await problemOf(response);
    await fill(video, source, response.body.getReader());
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function fill(
  video: HTMLVideoElement,
  source: MediaSource,
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  let buffer: SourceBuffer | null = null;
  let head = new Uint8Array(0);
  let trimmedTo = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    if (!buffer) {
      head = joined(head, value);
      const codec = codecOf(head);
      if (!codec) continue;
      buffer = source.addSourceBuffer(`video/mp4; codecs="${codec}"`);
      await append(buffer, head);
      continue;
    }
    await append(buffer, value);
    if (video.currentTime - trimmedTo > TRIM_EVERY_S) {
      trimmedTo = video.currentTime;
      buffer.remove(0, trimmedTo - KEEP_BEHIND_S);
      await once(buffer, "updateend");
    }
  }
}

async function append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  buffer.appendBuffer(bytes);
  await once(buffer, "updateend");
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function once(target: EventTarget, name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, () => resolve(), { once: true });
    signal?.addEventListener("abort", () => reject(new DOMException("closed", "AbortError")), {
      once: true,
    });
  });
}
