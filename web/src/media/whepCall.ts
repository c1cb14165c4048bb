/** This window's one WebRTC connection: WHEP, then led from camera to camera without a new offer. */

import { liveTicket } from "@/api/queries/tickets";

/** Why the picture comes through the wall's transport instead. */
export type WhepFault = "unsupported" | "full" | "failed";

export class WhepProblem extends Error {
  override name = "WhepProblem";
  constructor(readonly fault: WhepFault) {
    super(fault);
  }
}

interface Call {
  mediaUrl: string;
  address: string;
  connection: RTCPeerConnection;
  stream: MediaStream;
}

const LINGER_MS = 1500;

let call: Call | null = null;
let turn: Promise<unknown> = Promise.resolve();
let lingering: ReturnType<typeof setTimeout> | undefined;
let latest: AbortSignal | null = null;

export const canCall = (): boolean => typeof RTCPeerConnection === "function";

/** Shows a camera's main stream on the connection, opening it where there is none. */
export function showCamera(cameraId: string, signal: AbortSignal): Promise<MediaStream> {
  clearTimeout(lingering);
  latest = signal;
  const shown = turn.then(async () => {
    const { ticket, media_url } = await liveTicket(cameraId);
    signal.throwIfAborted();
    const known = call?.mediaUrl === media_url ? call : null;
    if (known && (await switched(known, ticket))) return known.stream;
    hangUp();
    call = await opened(media_url, cameraId, ticket);
    if (signal.aborted && latest === signal) leaveCamera(); // nobody waits for it any more
    return call.stream;
  });
  turn = shown.catch(() => undefined);
  return shown;
}

/** Ends the connection soon, unless another camera is shown on it until then. */
export function leaveCamera(): void {
  clearTimeout(lingering);
  lingering = setTimeout(hangUp, LINGER_MS);
}

export function hangUp(): void {
  clearTimeout(lingering);
  const ended = call;
  call = null;
  if (!ended) return;
  // In this order, or the node has closed it before it is asked to.
  void fetch(ended.address, { method: "DELETE", keepalive: true })
    .catch(() => undefined) // the node finds out by itself, only later
    .finally(() => ended.connection.close());
}

async function switched({ address, mediaUrl, connection }: Call, ticket: string): Promise<boolean> {
  if (connection.connectionState !== "connected") return false;
  const peer = address.slice(address.lastIndexOf("/") + 1);
  const answer = await send(`${mediaUrl}/media/v1/whep/${peer}/camera`, "application/json", {
    ticket,
    stream: "main",
  });
  if (answer.status === 404) return false; // the node forgot it: open anew
  if (!answer.ok) throw new WhepProblem(faultOf(answer.status));
  return true;
}

async function opened(mediaUrl: string, cameraId: string, ticket: string): Promise<Call> {
  const connection = new RTCPeerConnection();
  try {
    const { receiver } = connection.addTransceiver("video", { direction: "recvonly" });
    await connection.setLocalDescription();
    const query = new URLSearchParams({ stream: "main", ticket });
    const answer = await send(
      `${mediaUrl}/media/v1/cameras/${cameraId}/whep?${query}`,
      "application/sdp",
      connection.localDescription?.sdp ?? "",
    );
    if (!answer.ok) throw new WhepProblem(faultOf(answer.status));
    const address = mediaUrl + (answer.headers.get("Location") ?? "");
    await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    return { mediaUrl, address, connection, stream: new MediaStream([receiver.track]) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function send(url: string, type: string, body: string | object): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  } catch {
    throw new WhepProblem("failed");
  }
}

function faultOf(status: number): WhepFault {
  if (status === 409) return "unsupported";
  return status === 503 ? "full" : "failed";
}
