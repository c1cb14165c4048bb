/** Decodes H.264 with WebCodecs for a tile's screen, one camera after another. Runs in the worker. */

import type { TileScreen } from "./tileScreen";
import { timestampOf } from "./turn";
import type { ConfigRecord, FrameRecord } from "./wire";

const QUEUE_LIMIT = 120; // a cached GOP may come all at once
const BUSY = 8;
const FARTHEST_BEHIND_S = 1;

/**
 * Whether decoding has fallen so far behind that the pictures up to the next key picture are
 * better left out. A gap in what comes is no such case: nothing waits then.
 */
export function isTooSlow(waiting: number, drawnS: number | null, arrivedS: number): boolean {
  if (waiting > QUEUE_LIMIT) return true;
  return waiting > BUSY && drawnS !== null && arrivedS - drawnS > FARTHEST_BEHIND_S;
}

export class TileDecoder {
  frames = 0;
  drops = 0;
  mediaTime: number | null = null;
  private turn = 0;
  /** Made once: to make another for each camera costs more than to set it up anew. */
  private decoder: VideoDecoder | null = null;
  private config: VideoDecoderConfig | null = null;
  private waitsForKey = true;
  /** Time of the last picture that was drawn since the setup: before, all that waits is a join. */
  private drawnS: number | null = null;
  /** The key picture of a join is on the screen, the newest not yet. */
  private early = false;
  private submitted = 0;
  private readonly catchUp = new Set<number>();
  private onFirst: () => void = () => undefined;

  constructor(private readonly screen: TileScreen) {}

  get width(): number {
    return this.frames > 0 ? this.screen.width : 0;
  }

  get height(): number {
    return this.frames > 0 ? this.screen.height : 0;
  }

  /** Forgets the camera before; the next one's first picture is told. */
  begin(turn: number, onFirst: () => void): void {
    this.end();
    this.screen.clear();
    this.turn = turn;
    this.onFirst = onFirst;
    this.frames = this.drops = 0;
    this.mediaTime = null;
  }

  /** Nothing is shown any more until the next begin(). */
  end(): void {
    this.config = null;
    this.clear();
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
    const { decodeQueueSize } = this.decoder;
    if (!record.catchUp && isTooSlow(decodeQueueSize, this.drawnS, record.mediaTime)) {
      this.waitsForKey = true;
    }
    if (this.waitsForKey && !record.key) {
      this.drops += 1;
      return;
    }
    this.waitsForKey = false;
    const timestamp = timestampOf(record.mediaTime, this.turn);
    if (record.catchUp) this.catchUp.add(timestamp);
    this.submitted += 1;
    const type = record.key ? "key" : "delta";
    this.decoder.decode(new EncodedVideoChunk({ type, timestamp, data: record.payload }));
  }

  close(): void {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = null;
    this.config = null;
    this.screen.close();
  }

  /** What the decoder still holds is thrown away. */
  private clear(): void {
    if (this.decoder?.state === "configured") this.decoder.reset();
    this.waitsForKey = true;
    this.submitted = 0;
    this.drawnS = null;
    this.early = false;
    this.catchUp.clear();
  }

  private restart(): void {
    if (!this.config) return;
    this.clear();
    if (!this.decoder || this.decoder.state === "closed") {
      this.decoder = new VideoDecoder({
        output: (frame) => this.draw(frame),
        // A damaged picture closes the decoder; the next key picture starts another one.
        error: () => (this.waitsForKey = true),
      });
    }
    this.decoder.configure(this.config);
  }

  private draw(frame: VideoFrame): void {
    if (!this.config) return frame.close();
    this.submitted -= 1;
    const behind = this.catchUp.delete(frame.timestamp) && this.submitted > 0;
    // While a GOP is decoded its first picture is seen, but nothing is said of its age yet.
    if (behind && (this.early || this.drawnS !== null)) return frame.close();
    this.early = true;
    this.frames += 1;
    if (!behind) this.mediaTime = this.drawnS = frame.timestamp / 1e6;
    this.screen.show(frame);
    if (this.frames === 1) this.onFirst();
  }
}
