/** One step of a card, as it is filled in. Pure. */

import type { Move } from "@/api/queries/complaints";
import type { ComplaintState, OutcomeKind } from "@/api/types";

export interface Step {
  note: string;
  outcomeKind: OutcomeKind | null;
  outcomeNote: string;
}

export const EMPTY_STEP: Step = { note: "", outcomeKind: null, outcomeNote: "" };

export type StepMistakes = Partial<Record<keyof Step, string>>;

/** A step needs a note, and closing needs an outcome with what proves it. */
export function mistakesOfStep(step: Step, needsOutcome: boolean): StepMistakes {
  const mistakes: StepMistakes = {};
  if (!step.note.trim()) mistakes.note = "move.note_missing";
  if (needsOutcome && !step.outcomeKind) mistakes.outcomeKind = "move.closed_why";
  if (needsOutcome && !step.outcomeNote.trim()) mistakes.outcomeNote = "outcome.note_missing";
  return mistakes;
}

export function moveOf(to: ComplaintState, step: Step, needsOutcome: boolean): Move {
  const note = step.note.trim();
  if (!needsOutcome || !step.outcomeKind) return { to, note };
  return { to, note, outcome: { kind: step.outcomeKind, note: step.outcomeNote.trim() } };
}
