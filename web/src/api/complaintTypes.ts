/** Complaint shapes of /api/v1, Open311 names where one exists. */

import type {
  Alert,
  ComplaintState,
  Named,
  Names,
  OutcomeKind,
  Person,
  Presence,
  ZoneKind,
} from "./types";

export interface DeadlineClock {
  kind: "short_answer" | "full_answer";
  days: number;
  working_days: boolean;
  started_at: string;
  due_at: string;
  met_at: string | null;
  explanation: {
    registered_on: string;
    skipped: { date: string; reason: Names }[];
    due_on: string;
  };
}
export interface ComplaintOutcome {
  kind: OutcomeKind;
  note: string;
  at: string;
  by: Person | null;
}
export interface ComplaintSummary {
  id: string;
  number: string;
  state: ComplaintState;
  version: number;
  channel: string;
  service_code: string;
  description: string;
  office: Named;
  window: { id: string; number: number } | null;
  happened_at: string;
  requested_at: string;
  clocks: DeadlineClock[];
  outcome: ComplaintOutcome | null;
}
export interface RankedCamera {
  camera: Named & { view: string };
  score: number;
  reasons: string[];
  replay_from: string;
  at: string;
}
export interface Finding {
  zone_id: string;
  zone_kind: ZoneKind;
  window_number: number | null;
  state: Presence;
  people: number | null;
  since: string;
  at: string;
}
export interface ComplaintUpdate {
  at: string;
  kind: string;
  from_state: ComplaintState | null;
  to_state: ComplaintState | null;
  by: Person | null;
  note: string;
  data: Record<string, unknown>;
}
export interface Clip {
  id: string;
  camera_id: string;
  starts_at: string;
  ends_at: string;
  state: "requested" | "ready" | "failed";
  detail: string;
  requested_s: number | null;
  delivered_s: number | null;
  sha256: string | null;
  size_bytes: number | null;
  requested_at: string;
  ready_at: string | null;
}
export interface ComplaintCard extends ComplaintSummary {
  ticket_number: string | null;
  happened_within_s: number;
  caller_name: string | null;
  caller_phone: string | null;
  code: string;
  camera_id: string | null;
  confirmed_at: string | null;
  closed_at: string | null;
  cameras: RankedCamera[];
  holds: { id: string; camera_ids: string[]; starts_at: string; ends_at: string }[];
  updates: ComplaintUpdate[];
  alerts: Alert[];
  findings: Finding[];
  clips: Clip[];
  allowed_moves: ComplaintState[];
}
export interface ComplaintIntake {
  channel: string;
  service_code: string;
  description: string;
  office_id: string;
  window_number?: number;
  ticket_number?: string;
  happened_at: string;
  happened_within_s?: number;
  caller_name?: string;
  caller_phone?: string;
}
export interface ServiceCode {
  code: string;
  name: Names;
}
