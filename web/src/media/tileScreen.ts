/** The worker's side of a tile's surface: takes decoded pictures and closes them. */

import type { Handed } from "./tileSurface";

export interface TileScreen {
  /** Size of the last picture, 0 before the first. */
  readonly width: number;
  readonly height: number;
  /** Takes away what can be taken away of the camera before. */
  clear(): void;
  /** Shows a picture that is the screen's from now on. */
  show(frame: VideoFrame): void;
  close(): void;
}

export const screenOn = (handed: Handed): TileScreen =>
  handed instanceof WritableStream ? new TrackScreen(handed) : new CanvasScreen(handed);

class TrackScreen implements TileScreen {
  width = 0;
  height = 0;
  private readonly writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(handed: WritableStream<VideoFrame>) {
    this.writer = handed.getWriter();
  }

  clear(): void {
    // A <video> keeps its last picture: the page covers it.
  }

  show(frame: VideoFrame): void {
    this.width = frame.displayWidth;
    this.height = frame.displayHeight;
    // Refused when the page has just taken its <video> away.
    this.writer.write(frame).catch(() => frame.close());
  }

  close(): void {
    void this.writer.abort().catch(() => undefined);
  }
}

class CanvasScreen implements TileScreen {
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

  clear(): void {
    this.context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  show(frame: VideoFrame): void {
    const { displayWidth, displayHeight } = frame;
    if (this.canvas.width !== displayWidth || this.canvas.height !== displayHeight) {
      this.canvas.width = displayWidth;
      this.canvas.height = displayHeight;
    }
    this.context?.drawImage(frame, 0, 0);
    frame.close();
  }

  close(): void {
    // The page keeps the last picture until it removes the canvas.
  }
}
