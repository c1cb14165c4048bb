/** Speaking through a camera: the microphone over WebRTC, for as long as a key or button is held. */

import { ApiProblem, post, problemOf } from "@/api/client";
import type { MediaTicket } from "@/api/types";

export type TalkState =
  | { kind: "idle" | "connecting" | "talking" }
  /** `by`: who speaks through this camera now. */
  | { kind: "busy"; by: string }
  | { kind: "no_speaker" | "no_microphone" | "failed" };

export const IDLE: TalkState = { kind: "idle" };

/** Browsers give the microphone to pages by HTTPS or from this machine only. */
export const canTalk = (): boolean =>
  window.isSecureContext &&
  typeof RTCPeerConnection === "function" &&
  typeof navigator.mediaDevices?.getUserMedia === "function";

/** Starts; the returned function ends it, also while it still connects. */
export function startTalk(cameraId: string, onState: (state: TalkState) => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const connection = new RTCPeerConnection();
  let microphone: MediaStream | null = null;
  let address: string | null = null;

  const release = () => {
    for (const track of microphone?.getTracks() ?? []) track.stop();
    const close = () => connection.close();
    if (address === null) return close();
    void fetch(address, { method: "DELETE", keepalive: true })
      .catch(() => undefined) // the node notices by itself
      .finally(close);
  };
  const end = (state: TalkState) => {
    if (signal.aborted) return;
    ending.abort();
    release();
    onState(state);
  };

  const begin = async () => {
    onState({ kind: "connecting" });
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    microphone = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    if (signal.aborted) return release();
    for (const track of microphone.getAudioTracks()) {
      connection.addTransceiver(track, { direction: "sendonly" });
    }
    const [{ ticket, media_url }] = await Promise.all([
      post<MediaTicket>(`/cameras/${cameraId}/ticket`, { purpose: "talk" }),
      connection.setLocalDescription(),
    ]);
    if (signal.aborted) return;
    const query = new URLSearchParams({ ticket });
    const answer = await fetch(`${media_url}/media/v1/cameras/${cameraId}/talk?${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp" },
      body: connection.localDescription?.sdp ?? "",
    });
    if (!answer.ok) throw await problemOf(answer);
    address = media_url + (answer.headers.get("Location") ?? "");
    if (signal.aborted) return release();
    await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  };

  connection.onconnectionstatechange = () => {
    if (connection.connectionState === "connected") onState({ kind: "talking" });
    if (["failed", "closed", "disconnected"].includes(connection.connectionState)) {
      end({ kind: "failed" });
    }
  };
  begin().catch((error: unknown) => end(faultOf(error)));
  return () => end(IDLE);
}

function faultOf(error: unknown): TalkState {
  if (error instanceof ApiProblem && error.status === 404) return { kind: "no_speaker" };
  if (error instanceof ApiProblem && error.status === 409) {
    return { kind: "busy", by: error.detail.split(" ", 1)[0] ?? "" };
  }
  if (error instanceof DOMException && error.name !== "AbortError") {
    return { kind: "no_microphone" };
  }
  return { kind: "failed" };
}
