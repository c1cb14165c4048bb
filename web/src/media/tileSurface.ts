/** Where a tile's pictures appear: the page's element, and what its worker gets to fill it. */

import { turnOf } from "./turn";

/** Chromium's way to feed a <video> with decoded pictures; not in TypeScript's DOM yet. */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
declare const MediaStreamTrackGenerator:
  (new (of: { kind: "video" }) => TrackGenerator) | undefined;

export type Handed = OffscreenCanvas | WritableStream<VideoFrame>;

export interface TileSurface {
  element: HTMLElement;
  /** To be transferred to the worker, once. */
  handed: Handed & Transferable;
  /** Whether what the worker draws can be seen. */
  shows(): boolean;
  /** Calls back once a picture of this turn is on the screen; missing where that is not told. */
  whenShown?(turn: number, callback: () => void): void;
  close(): void;
}

const canFeedVideo = () => typeof MediaStreamTrackGenerator === "function";

export const canDecode = (): boolean =>
  typeof VideoDecoder === "function" &&
  (canFeedVideo() || "transferControlToOffscreen" in HTMLCanvasElement.prototype);

/**
 * A <video> where the browser can feed one: the picture goes to the screen as it was decoded,
 * which costs about half of drawing it on a canvas, and nothing is copied where there is a GPU.
 */
export const makeSurface = (): TileSurface =>
  typeof MediaStreamTrackGenerator === "function"
    ? videoSurface(new MediaStreamTrackGenerator({ kind: "video" }))
    : canvasSurface();

function videoSurface(track: TrackGenerator): TileSurface {
  const video = document.createElement("video");
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.srcObject = new MediaStream([track]);
  let request = 0;
  const cancel = () => video.cancelVideoFrameCallback(request);
  return {
    element: video,
    handed: track.writable,
    shows: () => !video.paused,
    whenShown: (turn, callback) => {
      cancel();
      const look: VideoFrameRequestCallback = (_, { mediaTime }) => {
        if (turnOf(mediaTime) === turn) callback();
        else request = video.requestVideoFrameCallback(look);
      };
      request = video.requestVideoFrameCallback(look);
    },
    close: () => {
      cancel();
      track.stop();
      video.srcObject = null;
    },
  };
}

function canvasSurface(): TileSurface {
  const canvas = document.createElement("canvas");
  return {
    element: canvas,
    handed: canvas.transferControlToOffscreen(),
    shows: () => true,
    close: () => undefined,
  };
}
