/** A camera on a <video> through WebRTC, until it cannot be: then the fault says why. */

import { NO_STATS, type TileStats } from "./age";
import { hangUp, leaveCamera, showCamera, WhepProblem, type WhepFault } from "./whepCall";

const SHOWN_WITHIN_MS = 3000;
const SILENT_MS = 3000;
const LOOK_MS = 250;

interface Listener {
  onStats: (stats: TileStats) => void;
  onFault: (fault: WhepFault) => void;
}

/**
 * Starts; the returned function leaves and freezes the last picture. Age is counted from a
 * picture's arrival here, since WebRTC does not tell the node's time.
 */
export function startWhep(cameraId: string, video: HTMLVideoElement, to: Listener): () => void {
  const leaving = new AbortController();
  const startedMs = performance.now();
  let connectedMs = Infinity;
  let lastMs: number | null = null;
  let stats: TileStats = { ...NO_STATS, state: "live" };
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;

  const drawn: VideoFrameRequestCallback = (nowMs, { receiveTime = nowMs, width, height }) => {
    if (leaving.signal.aborted) return;
    video.requestVideoFrameCallback(drawn);
    if (receiveTime < connectedMs) return; // still of the camera before
    lastMs = receiveTime;
    const mediaTime = (performance.timeOrigin + receiveTime) / 1000;
    const first = stats.frames === 0;
    stats = { ...stats, frames: stats.frames + 1, mediaTime, width, height };
    if (first) to.onStats(stats);
  };

  const leave = () => {
    leaving.abort();
    clearInterval(look);
    video.pause();
  };
  const fail = (fault: WhepFault) => {
    if (leaving.signal.aborted) return;
    leave();
    hangUp();
    to.onFault(fault);
  };

  const look = setInterval(() => {
    const nowMs = performance.now();
    if (lastMs === null ? nowMs - startedMs > SHOWN_WITHIN_MS : nowMs - lastMs > SILENT_MS) {
      fail("failed");
    } else if (lastMs !== null) to.onStats(stats);
  }, LOOK_MS);

  showCamera(cameraId, leaving.signal).then(
    (stream) => {
      if (leaving.signal.aborted) return;
      connectedMs = performance.now();
      video.srcObject = stream;
      video.requestVideoFrameCallback(drawn);
      void video.play().catch(() => undefined); // the look finds out
    },
    (error: unknown) => fail(error instanceof WhepProblem ? error.fault : "failed"),
  );

  return () => {
    if (leaving.signal.aborted) return;
    leave();
    leaveCamera();
  };
}
