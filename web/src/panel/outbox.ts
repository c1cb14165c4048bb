/** Sends what waits, in order, each once; what is refused steps aside and stops nothing. Pure. */

import { ApiProblem } from "@/api/client";

export interface Kept<T> {
  key: number;
  item: T;
}

/** Where items wait. `first` gives the oldest; `done` and `refused` take one off the queue. */
export interface Queue<T> {
  first(count: number): Promise<Kept<T>[]>;
  done(keys: readonly number[]): Promise<void>;
  refused(key: number, why: string): Promise<void>;
}

/** Sends items; answers for each why it was refused, or null where it was taken. */
export type Send<T> = (items: T[]) => Promise<(string | null)[]>;

/** `left`: something waits still, for the network or for the centre. */
export type Outcome = "empty" | "left" | "unpaired";

// The centre read it and will never take it; anything else may go better another time.
const NEVER = new Set([400, 409, 413, 415, 422]);

export async function drain<T>(queue: Queue<T>, send: Send<T>, most: number): Promise<Outcome> {
  let size = most;
  for (;;) {
    const batch = await queue.first(size);
    if (batch.length === 0) return "empty";
    let answers: (string | null)[];
    try {
      answers = await send(batch.map(({ item }) => item));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) return "unpaired";
      if (!NEVER.has(error.status)) return "left";
      if (batch.length > 1) {
        size = Math.ceil(batch.length / 2); // whose fault it is shows when they go by fewer
        continue;
      }
      answers = [error.detail || error.title];
    }
    if (answers.length !== batch.length) return "left";
    // Refusals first: were the page closed between the two, a report would be sent again, not lost.
    for (const [index, { key }] of batch.entries()) {
      const why = answers[index];
      if (typeof why === "string") await queue.refused(key, why);
    }
    await queue.done(batch.filter((_, index) => answers[index] === null).map(({ key }) => key));
    size = most;
  }
}
