/** What was edited, and how it was before each step. Pure. */

export interface History<T> {
  readonly now: T;
  readonly before: readonly T[];
}

const MOST_STEPS = 200;

export const begun = <T>(now: T): History<T> => ({ now, before: [] });

/** A step that can be taken back. */
export const stepped = <T>({ now, before }: History<T>, next: T): History<T> => ({
  now: next,
  before: [...before, now].slice(-MOST_STEPS),
});

/** Goes on with the step that was taken last, as a corner that is dragged. */
export const amended = <T>(history: History<T>, next: T): History<T> => ({ ...history, now: next });

export function undone<T>({ now, before }: History<T>): History<T> {
  const last = before.at(-1);
  return last === undefined ? { now, before } : { now: last, before: before.slice(0, -1) };
}
