/** The 1414 form: what is typed, what is missing, what is sent. Pure. */

import type { ComplaintIntake } from "@/api/types";
import { instantOf } from "@/i18n/formats";

export type Channel = ComplaintIntake["channel"];
export const CHANNELS: readonly Channel[] = [
  "call_1414",
  "walk_in",
  "blog",
  "social",
  "mystery_shopper",
];
export const MINUTES_AGO = [0, 5, 10, 30] as const;
export const WITHIN_MINUTES = [2, 5, 15, 60] as const;

export interface Draft {
  channel: Channel;
  officeId: string | null;
  windowNumber: number | null;
  ticketNumber: string;
  /** Minutes before the call, or null for the day and time below. */
  minutesAgo: number | null;
  day: string;
  time: string;
  withinMinutes: number;
  serviceCode: string | null;
  description: string;
  callerName: string;
  callerPhone: string;
}

export const EMPTY_DRAFT: Draft = {
  channel: "call_1414",
  officeId: null,
  windowNumber: null,
  ticketNumber: "",
  minutesAgo: 0,
  day: "",
  time: "",
  withinMinutes: 5,
  serviceCode: null,
  description: "",
  callerName: "",
  callerPhone: "",
};

export type Mistakes = Partial<
  Record<"office" | "when" | "category" | "description" | "phone", string>
>;

const PHONE = /^\+?[\d\s()-]{6,20}$/;

/** The stated instant; chips count from `nowMs`, typed times are the office's clock. */
export function happenedAt(draft: Draft, nowMs: number, zone: string): Date {
  if (draft.minutesAgo !== null) return new Date(nowMs - draft.minutesAgo * 60_000);
  return instantOf(draft.day, draft.time, zone);
}

/** Keys of what to say beside each field; empty when the form can be sent. */
export function mistakesOf(draft: Draft, nowMs: number, zone: string): Mistakes {
  const mistakes: Mistakes = {};
  const at = happenedAt(draft, nowMs, zone).getTime();
  if (!draft.officeId) mistakes.office = "intake.office_missing";
  if (Number.isNaN(at) || at > nowMs) mistakes.when = "intake.time_bad";
  if (!draft.serviceCode) mistakes.category = "intake.category_missing";
  if (!draft.description.trim()) mistakes.description = "intake.description_missing";
  const phone = draft.callerPhone.trim();
  if (phone && !PHONE.test(phone)) mistakes.phone = "intake.phone_bad";
  return mistakes;
}

/** Call it on a draft without mistakes. */
export function intakeOf(draft: Draft, nowMs: number, zone: string): ComplaintIntake {
  return {
    channel: draft.channel,
    office_id: draft.officeId ?? "",
    service_code: draft.serviceCode ?? "",
    description: draft.description.trim(),
    window_number: draft.windowNumber,
    ticket_number: draft.ticketNumber.trim() || null,
    happened_at: happenedAt(draft, nowMs, zone).toISOString(),
    happened_within_s: draft.withinMinutes * 60,
    caller_name: draft.callerName.trim() || null,
    caller_phone: draft.callerPhone.trim() || null,
  };
}

export function parseDraft(text: string | null): Draft {
  try {
    return { ...EMPTY_DRAFT, ...(JSON.parse(text ?? "") as Partial<Draft>) };
  } catch {
    return EMPTY_DRAFT;
  }
}

/** A name for one try, also where the page has no secure context. */
export function newAttempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
