/** Decodes recorded H.264 with WebCodecs: one exact picture, or many, each drawn when it is due. */

import type { ConfigRecord, FrameRecord } from "./wire";

const AHEAD = 6; // decoded pictures held: each is a whole frame of memory
const LATE_MS = 400;

export class ReplayDecoder {
  /** Instant of the picture on the canvas, in ms. */
  pictureAtMs: number | null = null;
  private decoder: VideoDecoder | null = null;
  private config: VideoDecoderConfig | null = null;
  private wanted: number | null = null; // µs of the still picture; null while playing
  private waiting: FrameRecord[] = [];
  private decoded: VideoFrame[] = [];
  private inFlight = 0;
  private onWanted = () => {};
  private readonly context: CanvasRenderingContext2D | null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onDrawn: (atMs: number) => void,
  ) {
    this.context = canvas.getContext("2d", { alpha: false });
  }

  configure(record: ConfigRecord): void {
    this.config = {
      codec: record.codec,
      codedWidth: record.width,
      codedHeight: record.height,
      description: record.description,
      optimizeForLatency: true,
    };
    this.stop();
  }

  /** Decodes the pictures and draws the one that is to be drawn; resolves when it is there. */
  async still(frames: readonly FrameRecord[]): Promise<void> {
    const target = frames.findLast(({ catchUp }) => !catchUp);
    if (!target) return;
    if (this.waiting.length || this.decoded.length || this.inFlight) this.stop();
    const decoder = this.ready();
    if (!decoder) return;
    this.wanted = micros(target);
    const drawn = new Promise<void>((resolve) => (this.onWanted = resolve));
    for (const frame of frames) this.decode(decoder, frame);
    // A decoder may keep the last picture until another one comes, so it is flushed; but the
    // picture may be there long before the flush is through on a busy page.
    const flushed = decoder.flush().catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error; // stopped meanwhile, or not decodable
    });
    await Promise.race([drawn, flushed]);
  }

  /** Takes a whole GOP to be played. */
  feed(frames: readonly FrameRecord[]): void {
    if (this.wanted !== null) this.stop();
    this.waiting.push(...frames);
    this.pump();
  }

  /** Draws the decoded picture nearest to an instant and decodes on. */
  play(atMs: number): void {
    const key = this.waiting.findLastIndex(
      (frame) => frame.key && frame.mediaTime * 1000 < atMs - LATE_MS,
    );
    if (key > 0) this.waiting.splice(0, key); // fell behind: begin at the newest key picture
    const at = atMs * 1000;
    while (this.decoded.length > 1 && nearer(this.decoded[1], this.decoded[0], at)) {
      this.decoded.shift()?.close();
    }
    const first = this.decoded[0];
    if (first && first.timestamp / 1000 !== this.pictureAtMs) {
      const next = Math.abs(first.timestamp - at);
      const now = this.pictureAtMs === null ? Infinity : Math.abs(this.pictureAtMs * 1000 - at);
      if (next < now) this.draw(first);
    }
    this.pump();
  }

  /** Forgets what is not drawn yet. */
  stop(): void {
    this.waiting = [];
    for (const frame of this.decoded) frame.close();
    this.decoded = [];
    this.inFlight = 0;
    this.wanted = null;
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
  }

  private ready(): VideoDecoder | null {
    if (this.decoder?.state === "configured") return this.decoder;
    if (!this.config) return null;
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (decoder === this.decoder) this.take(frame);
        else frame.close();
      },
      error: () => {
        if (decoder === this.decoder) this.stop();
      },
    });
    decoder.configure(this.config);
    this.decoder = decoder;
    return decoder;
  }

  private pump(): void {
    while (this.waiting.length && this.decoded.length + this.inFlight < AHEAD) {
      const decoder = this.ready();
      const frame = this.waiting.shift();
      if (!decoder || !frame) return;
      this.decode(decoder, frame);
    }
  }

  private decode(decoder: VideoDecoder, frame: FrameRecord): void {
    const type = frame.key ? "key" : "delta";
    this.inFlight += 1;
    decoder.decode(new EncodedVideoChunk({ type, timestamp: micros(frame), data: frame.payload }));
  }

  private take(frame: VideoFrame): void {
    this.inFlight -= 1;
    if (this.wanted === null) {
      this.decoded.push(frame);
      return;
    }
    if (frame.timestamp === this.wanted) {
      this.draw(frame);
      this.onWanted();
    }
    frame.close();
  }

  private draw(frame: VideoFrame): void {
    const { displayWidth, displayHeight } = frame;
    if (this.canvas.width !== displayWidth || this.canvas.height !== displayHeight) {
      this.canvas.width = displayWidth;
      this.canvas.height = displayHeight;
    }
    this.context?.drawImage(frame, 0, 0);
    this.pictureAtMs = frame.timestamp / 1000;
    this.canvas.dataset["at"] = String(this.pictureAtMs);
    this.onDrawn(this.pictureAtMs);
  }
}

const micros = (frame: FrameRecord): number => Math.round(frame.mediaTime * 1e6);

const nearer = (one: VideoFrame | undefined, other: VideoFrame | undefined, at: number): boolean =>
  one !== undefined &&
  other !== undefined &&
  Math.abs(one.timestamp - at) <= Math.abs(other.timestamp - at);
