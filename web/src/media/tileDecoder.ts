/** Decodes one tile's H.264 with WebCodecs and draws it on its canvas. Runs in the worker. */

import type { ConfigRecord, FrameRecord } from "./wire";

const QUEUE_LIMIT = 60;

export class TileDecoder {
  frames = 0;
  drops = 0;
  mediaTime: number | null = null;
  private decoder: VideoDecoder | null = null;
  private config: VideoDecoderConfig | null = null;
  private waitsForKey = true;
  private submitted = 0;
  private readonly catchUp = new Set<number>();
  private readonly context: OffscreenCanvasRenderingContext2D | null;

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  get width(): number {
    return this.canvas.width;
  }

  get height(): number {
    return this.canvas.height;
  }

  configure(record: ConfigRecord): void {
    this.config = {
      codec: record.codec,
      codedWidth: record.width,
      codedHeight: record.height,
      description: record.description,
      optimizeForLatency: true,
    };
    this.restart();
  }

  decode(record: FrameRecord): void {
    if (!this.config) return;
    if (this.decoder?.state === "closed") this.restart();
    if (!this.decoder) return;
    if (this.decoder.decodeQueueSize > QUEUE_LIMIT) this.waitsForKey = true;
    if (this.waitsForKey && !record.key) {
      this.drops += 1;
      return;
    }
    this.waitsForKey = false;
    const timestamp = Math.round(record.mediaTime * 1e6);
    if (record.catchUp) this.catchUp.add(timestamp);
    this.submitted += 1;
    const type = record.key ? "key" : "delta";
    this.decoder.decode(new EncodedVideoChunk({ type, timestamp, data: record.payload }));
  }

  close(): void {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
  }

  private restart(): void {
    if (!this.config) return;
    this.close();
    this.waitsForKey = true;
    this.submitted = 0;
    this.catchUp.clear();
    const decoder = new VideoDecoder({
      output: (frame) => this.draw(frame),
      // A damaged picture closes the decoder; the next key picture starts another one.
      error: () => (this.waitsForKey = true),
    });
    decoder.configure(this.config);
    this.decoder = decoder;
  }

  private draw(frame: VideoFrame): void {
    this.submitted -= 1;
    const behind = this.catchUp.delete(frame.timestamp) && this.submitted > 0;
    if (!behind) {
      const { displayWidth, displayHeight } = frame;
      if (this.canvas.width !== displayWidth || this.canvas.height !== displayHeight) {
        this.canvas.width = displayWidth;
        this.canvas.height = displayHeight;
      }
      this.context?.drawImage(frame, 0, 0);
      this.frames += 1;
      this.mediaTime = frame.timestamp / 1e6;
    }
    frame.close();
  }
}
