/** Shapes of /api/v1 as the screens use them. Times are ISO 8601 UTC, ids are strings. */

export type Language = "kk" | "ru" | "en";
export type Names = Record<Language, string>;
export type StreamKind = "main" | "sub";
export type StreamState = "connecting" | "live" | "stalled" | "down" | "unsupported";
export type Presence = "occupied" | "empty" | "unknown";
export type Severity = "info" | "warning" | "critical";
export type AlertState = "open" | "acknowledged" | "resolved";
export type Freshness = "online" | "stale" | "lost" | "never";
export type ZoneKind = "queue" | "operator" | "visitor" | "restricted" | "entrance";
export type OutcomeKind = "provided" | "lawfully_refused" | "withdrawn";
export type RoleName = "operator" | "dispatcher" | "auditor" | "agent" | "supervisor" | "admin";
export type ComplaintState =
  | "received"
  | "registered"
  | "investigating"
  | "acting"
  | "short_answer_sent"
  | "full_answer_sent"
  | "closed"
  | "withdrawn"
  | "reopened";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
export interface Person {
  id: string;
  full_name: string;
}
export interface Named {
  id: string;
  name: Names;
}
export interface Me {
  id: string;
  login: string;
  full_name: string;
  role: RoleName;
  language: Language;
  permissions: string[];
}
export interface Region extends Named {
  code: string;
}
export interface ServiceWindow extends Named {
  number: number;
  owner: string;
  open_now: boolean;
  presence: { state: Presence; since: string } | null;
}
export interface Office extends Named {
  code: string;
  address: string;
  phone: string | null;
  time_zone: string;
  latitude: number;
  longitude: number;
  region: Region;
  queue: number | null;
  windows: ServiceWindow[];
  cameras: (Named & { code: string; view: string })[];
}
export interface ZoneReading {
  state: Presence;
  people: number | null;
  since: string;
  at: string;
}
export interface Zone {
  id: string;
  kind: ZoneKind;
  name: string;
  polygon: [number, number][];
  window_id: string | null;
  window_number: number | null;
  queue_limit: number | null;
  queue_for_s: number | null;
  observation: ZoneReading | null;
}
export interface CameraStream {
  kind: StreamKind;
  state: StreamState;
  since: string;
  detail: string;
  codec: string | null;
  width: number | null;
  height: number | null;
  recorded: boolean;
}
export interface Camera extends Named {
  code: string;
  view: string;
  office_id: string;
  office_name: Names;
  enabled: boolean;
  streams: CameraStream[];
  zones: Zone[];
}
export interface MediaTicket {
  ticket: string;
  expires_at: string;
  media_url: string;
}
export interface TimeSpan {
  started_at: string;
  ended_at: string;
}
export interface RecordingGap {
  started_at: string;
  ended_at: string | null;
  reason: string;
}
export interface Recordings {
  recordings: TimeSpan[];
  gaps: RecordingGap[];
}
export interface VehiclePosition {
  vehicle_id: string;
  latitude: number;
  longitude: number;
  speed_km_h: number | null;
  course_deg: number | null;
  accuracy_m: number | null;
  fixed_at: string;
  received_at: string;
}
export interface Vehicle extends Named {
  plate: string;
  region_id: string | null;
  report_interval_s: number;
  freshness: Freshness;
  position: VehiclePosition | null;
}
export interface Alert {
  id: string;
  rule: string;
  severity: Severity;
  state: AlertState;
  active: boolean;
  subject: string;
  office: Named | null;
  window: (Named & { number: number; owner: string }) | null;
  camera: Named | null;
  vehicle_id: string | null;
  complaint_id: string | null;
  since_at: string;
  raised_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: Person | null;
  resolved_at: string | null;
  details: Record<string, unknown>;
  complaints: { id: string; number: string }[];
}
export interface AlertUpdate {
  at: string;
  kind: string;
  by: Person | null;
  note: string;
}
export interface AlertWithUpdates extends Alert {
  updates: AlertUpdate[];
}
