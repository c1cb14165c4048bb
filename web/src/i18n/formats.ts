/**
 * Dates and numbers, written here because Chromium has no Kazakh locale data: it claims to
 * know "kk" and prints "2026 M01 5". Zones still come from Intl, as numbers only.
 */

import type { Language } from "@/api/types";

const MONTHS: Record<Language, readonly string[]> = {
  kk: [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
  ],
  ru: [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
  ],
  en: [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
};

export const DEFAULT_ZONE = "Asia/Almaty";

interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formatters.set(zone, made);
  return made;
}

type Moment = string | number | Date;

export function wallTime(moment: Moment, zone: string): WallTime {
  const parts = formatterOf(zone).formatToParts(new Date(moment));
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: read("year"),
    month: read("month"),
    day: read("day"),
    hour: read("hour"),
    minute: read("minute"),
    second: read("second"),
  };
}

const two = (value: number) => String(value).padStart(2, "0");

/** 14:02:05, or 14:02 without seconds. */
export function formatTime(moment: Moment, zone: string, seconds = true): string {
  const { hour, minute, second } = wallTime(moment, zone);
  return `${two(hour)}:${two(minute)}${seconds ? `:${two(second)}` : ""}`;
}

/** kk «22 қараша 2026», ru «22 ноября 2026», en "22 November 2026". */
export function formatDate(moment: Moment, zone: string, language: Language): string {
  const { year, month, day } = wallTime(moment, zone);
  return `${day} ${MONTHS[language][month - 1] ?? ""} ${year}`;
}

/** A calendar day as the server writes it, 2026-11-22; it has no zone. */
export function formatDay(isoDay: string, language: Language): string {
  return formatDate(`${isoDay}T00:00:00Z`, "UTC", language);
}

export function formatDateTime(moment: Moment, zone: string, language: Language): string {
  return `${formatDate(moment, zone, language)}, ${formatTime(moment, zone, false)}`;
}

/** Groups by no-break spaces with a decimal comma; English keeps comma and point. */
export function formatNumber(value: number, language: Language, decimals = 0): string {
  const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
  const point = language === "en" ? "." : ",";
  const sign = value < 0 ? "−" : "";
  return sign + grouped + (fraction ? point + fraction : "");
}

export type UnitName = "s" | "min" | "h" | "d";

/** The two largest units of a length of time: [[2, "h"], [5, "min"]]. */
export function splitDuration(seconds: number): [number, UnitName][] {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return [[whole, "s"]];
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return [[minutes, "min"]];
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest([hours, "h"], [minutes % 60, "min"]);
  return withRest([Math.floor(hours / 24), "d"], [hours % 24, "h"]);
}

function withRest(first: [number, UnitName], rest: [number, UnitName]): [number, UnitName][] {
  return rest[0] > 0 ? [first, rest] : [first];
}

const CLOCK = /^([01]?\d|2[0-3])[:. ]?([0-5]\d)(?:[:. ]?([0-5]\d))?$/;

/** A typed time of day, 9:05, 14.02 or 140230, as 14:02:30; null when it is none. */
export function parseClock(text: string): string | null {
  const [, hour, minute, second] = CLOCK.exec(text.trim()) ?? [];
  if (!hour || !minute) return null;
  return `${hour.padStart(2, "0")}:${minute}:${second ?? "00"}`;
}

/** What a clock on the wall of `zone` calls 2026-11-22 14:02 as an instant. */
export function instantOf(day: string, time: string, zone: string): Date {
  const asUtc = Date.parse(`${day}T${parseClock(time) ?? ""}Z`);
  if (Number.isNaN(asUtc)) return new Date(NaN);
  // Two rounds: the second settles the hours next to a change of the zone's offset.
  let instant = asUtc;
  for (let round = 0; round < 2; round += 1) {
    const shown = wallTime(instant, zone);
    const shownUtc = Date.UTC(
      shown.year,
      shown.month - 1,
      shown.day,
      shown.hour,
      shown.minute,
      shown.second,
    );
    instant += asUtc - shownUtc;
  }
  return new Date(instant);
}

/** Values for <input type="date"> and <input type="time"> of an instant in a zone. */
export function inputValues(moment: Moment, zone: string): { day: string; time: string } {
  const { year, month, day, hour, minute, second } = wallTime(moment, zone);
  return {
    day: `${year}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
  };
}
