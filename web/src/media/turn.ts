/**
 * Cameras take turns on a surface. The last two bits of a picture's time say whose turn it was
 * when it was decoded: what the one before still had on its way is known by that.
 */

const TURNS = 4;
const UNIT_S = TURNS / 1e6;

export const nextTurn = (turn: number): number => (turn + 1) % TURNS;

/** A picture's time in µs, off by 3 µs at the most. */
export const timestampOf = (mediaTimeS: number, turn: number): number =>
  Math.round(mediaTimeS / UNIT_S) * TURNS + turn;

export const turnOf = (shownMediaTimeS: number): number =>
  Math.round(shownMediaTimeS * 1e6) % TURNS;
