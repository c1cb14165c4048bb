import { expect, it } from "vitest";
import { NO_RULES, rulesOf } from "./vanRules";

const hours = { weekdays: [1], from: "08:00", to: "18:00", time_zone: "Asia/Almaty" };
const ALL = {
  defaults: { ...NO_RULES, working_hours: hours, late_s: 900, lost_s: 900 },
  fleet: { ...NO_RULES, late_s: 1200 },
  vans: [{ vehicle_id: "a", rules: { ...NO_RULES, late_s: 300 } }],
};

it("takes the narrowest word on each rule", () => {
  expect(rulesOf(ALL, "a")).toMatchObject({ late_s: 300, lost_s: 900, working_hours: hours });
  expect(rulesOf(ALL, "b")).toMatchObject({ late_s: 1200, lost_s: 900 });
  expect(rulesOf(undefined, "a")).toBe(NO_RULES);
});
