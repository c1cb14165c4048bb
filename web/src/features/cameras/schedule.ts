/** A recording schedule as it stands in the form. */

import type { CameraSetup } from "@/api/types";

type Told = CameraSetup["recording_schedule"];

export interface HoursDraft {
  weekday: number;
  /** HH:MM */
  starts_at: string;
  ends_at: string;
}

export interface ScheduleDraft {
  /** `class`: nothing of its own. */
  kind: (typeof SCHEDULE_KINDS)[number];
  hours: HoursDraft[];
}

export const SCHEDULE_KINDS = ["class", "always", "office_hours", "hours", "never"] as const;
export const OF_CLASS: ScheduleDraft = { kind: "class", hours: [] };

export const scheduleDraft = (told: Told): ScheduleDraft =>
  told
    ? {
        kind: told.kind,
        hours: (told.hours ?? []).map(({ weekday, starts_at, ends_at }) => ({
          weekday,
          starts_at: starts_at.slice(0, 5),
          ends_at: ends_at.slice(0, 5),
        })),
      }
    : OF_CLASS;

export const scheduleOf = ({ kind, hours }: ScheduleDraft): Told =>
  kind === "class" ? null : { kind, hours: kind === "hours" ? hours : [] };
