import { describe, expect, it } from "vitest";
import { EMPTY_STEP, mistakesOfStep, moveOf } from "./step";

describe("a step of the card", () => {
  it("needs a note", () => {
    expect(mistakesOfStep(EMPTY_STEP, false)).toEqual({ note: "move.note_missing" });
    expect(mistakesOfStep({ ...EMPTY_STEP, note: "rang the office" }, false)).toEqual({});
  });

  it("cannot close without an outcome and what proves it", () => {
    const step = { ...EMPTY_STEP, note: "done" };
    expect(Object.keys(mistakesOfStep(step, true))).toEqual(["outcomeKind", "outcomeNote"]);
  });

  it("sends the outcome only where it is asked for", () => {
    const step = { note: " done ", outcomeKind: "provided" as const, outcomeNote: " receipt " };
    expect(moveOf("closed", step, true)).toEqual({
      to: "closed",
      note: "done",
      outcome: { kind: "provided", note: "receipt" },
    });
    expect(moveOf("acting", step, false)).toEqual({ to: "acting", note: "done" });
  });
});
