import { describe, expect, it } from "vitest";
import { EMPTY_DRAFT, happenedAt, intakeOf, mistakesOf, newAttempt, parseDraft } from "./form";

const NOW = Date.parse("2026-11-22T09:30:00Z");
const ZONE = "Asia/Almaty";
const GOOD = {
  ...EMPTY_DRAFT,
  officeId: "o1",
  serviceCode: "rudeness",
  description: " Дөрекі сөйледі ",
};

describe("the 1414 form", () => {
  it.each([
    [0, "2026-11-22T09:30:00.000Z"],
    [10, "2026-11-22T09:20:00.000Z"],
  ])("takes %s minutes ago from the moment of the call", (minutesAgo, at) => {
    expect(happenedAt({ ...GOOD, minutesAgo }, NOW, ZONE).toISOString()).toBe(at);
  });

  it("reads a typed time on the office's clock", () => {
    const draft = { ...GOOD, minutesAgo: null, day: "2026-11-22", time: "14:02" };
    expect(happenedAt(draft, NOW, ZONE).toISOString()).toBe("2026-11-22T09:02:00.000Z");
    expect(mistakesOf(draft, NOW, ZONE)).toEqual({});
  });

  it.each([
    ["no office", { officeId: null }, "office"],
    ["no category", { serviceCode: null }, "category"],
    ["an empty description", { description: "  " }, "description"],
    ["a time to come", { minutesAgo: null, day: "2026-11-22", time: "14:31" }, "when"],
    ["no time at all", { minutesAgo: null }, "when"],
    ["letters for a phone", { callerPhone: "call me" }, "phone"],
  ])("names %s", (_, change, field) => {
    expect(Object.keys(mistakesOf({ ...GOOD, ...change }, NOW, ZONE))).toEqual([field]);
  });

  it("sends what was typed, in the API's words", () => {
    expect(intakeOf({ ...GOOD, windowNumber: 3, minutesAgo: 10 }, NOW, ZONE)).toEqual({
      channel: "call_1414",
      office_id: "o1",
      service_code: "rudeness",
      description: "Дөрекі сөйледі",
      window_number: 3,
      ticket_number: null,
      happened_at: "2026-11-22T09:20:00.000Z",
      happened_within_s: 300,
      caller_name: null,
      caller_phone: null,
    });
  });

  it("keeps a draft over a reload and survives a broken one", () => {
    expect(parseDraft(JSON.stringify(GOOD))).toEqual(GOOD);
    expect(parseDraft("{")).toEqual(EMPTY_DRAFT);
  });

  it("names each try differently", () => expect(newAttempt()).not.toBe(newAttempt()));
});
