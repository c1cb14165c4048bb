/** The changes socket: one a window, resumes by sequence number, asks for a snapshot after a gap. */

import { backoffMs } from "./backoff";
import type {
  Alert,
  Clip,
  ComplaintState,
  Freshness,
  Presence,
  StreamKind,
  StreamState,
  TripState,
  Turn,
  VanReport,
  VehiclePosition,
  Visit,
  Waiting,
  ZoneKind,
} from "./types";

export interface Topics {
  stream: {
    camera_id: string;
    kind: StreamKind;
    state: StreamState;
    since: string;
    detail: string;
  };
  observation: {
    zone_id: string;
    camera_id: string;
    office_id: string;
    window_id: string | null;
    kind: ZoneKind;
    state: Presence;
    people: number | null;
    since: string;
    at: string;
  };
  waiting: Omit<Waiting, "tickets"> & { office_id: string };
  alert: Alert;
  complaint: { id: string; number: string; state: ComplaintState; version: number };
  position: { positions: VehiclePosition[] };
  turn: Turn & { camera_id: string; left_s: number };
  vehicle: { id: string; freshness: Freshness };
  trip: {
    id: string;
    vehicle_id: string;
    state: TripState;
    progress_m: number | null;
    visits: Pick<Visit, "sequence" | "state" | "arrived_at" | "departed_at" | "expected_at">[];
  };
  /** Trips of a van were planned anew. */
  plan: { vehicle_id: string };
  van_report: Pick<VanReport, "id" | "vehicle_id" | "trip_id" | "kind" | "people">;
  clip: Pick<Clip, "id" | "state"> & { complaint_id: string };
}
export type Topic = keyof Topics;

type ServerMessage =
  | { type: "hello"; v: number; seq: number }
  | { type: "heartbeat"; seq: number; at: string }
  | { type: "snapshot_needed" }
  | { type?: undefined; v: number; seq: number; topic: string; at: string; data: unknown };

export type LiveSocketLike = Pick<WebSocket, "send" | "close" | "onopen" | "onmessage" | "onclose">;

export const SILENCE_LIMIT_MS = 25_000;

type Listener<T extends Topic> = (data: Topics[T]) => void;

export class LiveStore {
  private socket: LiveSocketLike | null = null;
  private lastSeq: number | null = null;
  private attempt = 0;
  private wanted = false;
  private reconnect: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private online = false;
  private readonly byTopic = new Map<string, Set<Listener<never>>>();
  private readonly onOnline = new Set<() => void>();

  constructor(
    private readonly open: () => LiveSocketLike,
    /** What is on the screen may be old: read everything again. */
    private readonly refetchAll: () => void,
  ) {}

  start(): void {
    this.wanted = true;
    this.connect();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.reconnect);
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    this.lastSeq = null;
    socket?.close();
    this.setOnline(false);
  }

  on<T extends Topic>(topic: T, listener: Listener<T>): () => void {
    const listeners = this.byTopic.get(topic) ?? new Set();
    this.byTopic.set(topic, listeners.add(listener as Listener<never>));
    return () => listeners.delete(listener as Listener<never>);
  }

  isOnline = (): boolean => this.online;

  subscribeOnline = (listener: () => void): (() => void) => {
    this.onOnline.add(listener);
    return () => this.onOnline.delete(listener);
  };

  private connect(): void {
    if (this.socket || !this.wanted) return;
    const socket = this.open();
    this.socket = socket;
    socket.onmessage = ({ data }) => this.received(JSON.parse(String(data)) as ServerMessage);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
    this.feedWatchdog();
  }

  private received(message: ServerMessage): void {
    this.feedWatchdog();
    switch (message.type) {
      case "hello":
        this.attempt = 0;
        this.greeted(message.seq);
        return;
      case "snapshot_needed":
        this.refetchAll();
        return;
      case "heartbeat":
        this.lastSeq = Math.max(this.lastSeq ?? 0, message.seq);
        return;
      default:
        this.changed(message);
    }
  }

  private greeted(seq: number): void {
    if (this.lastSeq === null || this.lastSeq > seq) {
      // First time, or the server counts anew: what was read before this moment may be old.
      this.lastSeq = seq;
      this.refetchAll();
    } else {
      this.socket?.send(JSON.stringify({ type: "resume", seq: this.lastSeq }));
    }
    this.setOnline(true);
  }

  private changed(message: { seq: number; topic: string; data: unknown }): void {
    if (this.lastSeq !== null && message.seq <= this.lastSeq) return; // heard before
    this.lastSeq = message.seq;
    for (const listener of this.byTopic.get(message.topic) ?? []) listener(message.data as never);
  }

  private feedWatchdog(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      const silent = this.socket;
      this.lost();
      silent?.close();
    }, SILENCE_LIMIT_MS);
  }

  private lost(): void {
    this.socket = null;
    clearTimeout(this.watchdog);
    this.setOnline(false);
    if (!this.wanted) return;
    clearTimeout(this.reconnect);
    this.reconnect = setTimeout(() => this.connect(), backoffMs(this.attempt, Math.random()));
    this.attempt += 1;
  }

  private setOnline(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    for (const listener of this.onOnline) listener();
  }
}

export function openLiveSocket(): WebSocket {
  const url = new URL("/api/v1/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new WebSocket(url);
}
