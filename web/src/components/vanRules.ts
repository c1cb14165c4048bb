/** Rules of vans, from the widest word to the narrowest. Pure. */

import type { RulesOfVans, VanRules } from "@/api/types";

export const NUMBERS = [
  "late_s",
  "early_s",
  "off_route_s",
  "stay_s",
  "no_progress_s",
  "lost_s",
] as const;
export type RuleNumber = (typeof NUMBERS)[number];

export const NO_RULES: VanRules = {
  working_hours: null,
  late_s: null,
  early_s: null,
  off_route_s: null,
  stay_s: null,
  no_progress_s: null,
  lost_s: null,
};

/** Each rule as the narrowest word has it. */
export function narrowed(...words: readonly VanRules[]): VanRules {
  const said = words.flatMap((word) =>
    Object.entries(word).filter(([, value]) => value !== null && value !== undefined),
  );
  return { ...NO_RULES, ...Object.fromEntries(said) };
}

/** What a van is judged by; the product's own numbers while nothing is read yet. */
export function rulesOf(all: RulesOfVans | undefined, vehicleId: string): VanRules {
  if (!all) return NO_RULES;
  const own = all.vans.find(({ vehicle_id }) => vehicle_id === vehicleId)?.rules;
  return narrowed(all.defaults, all.fleet, own ?? NO_RULES);
}
