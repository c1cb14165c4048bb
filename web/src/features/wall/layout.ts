/** What a wall shows: a square grid and a camera for each tile. Kept in this browser. */

export type Side = 2 | 3 | 4;
export const SIDES: readonly Side[] = [2, 3, 4];

export interface WallLayout {
  side: Side;
  /** Camera ids; null is an empty tile, undefined one that nobody has set. */
  slots: (string | null | undefined)[];
}

const STORED = "ahual.wall";
export const FIRST_LAYOUT: WallLayout = { side: 2, slots: [] };

export function parseLayout(text: string | null): WallLayout {
  try {
    const stored = JSON.parse(text ?? "") as Partial<WallLayout>;
    const side = SIDES.find((known) => known === stored.side);
    if (!side || !Array.isArray(stored.slots)) return FIRST_LAYOUT;
    return {
      side,
      // JSON has no undefined: an unset tile is written as false.
      slots: stored.slots.map((slot: unknown) =>
        typeof slot === "string" || slot === null ? slot : undefined,
      ),
    };
  } catch {
    return FIRST_LAYOUT;
  }
}

export const loadLayout = (): WallLayout => parseLayout(localStorage.getItem(STORED));

export function saveLayout({ side, slots }: WallLayout): void {
  const plain = slots.map((slot) => (slot === undefined ? false : slot));
  localStorage.setItem(STORED, JSON.stringify({ side, slots: plain }));
}

export const nextSide = (side: Side): Side => SIDES[(SIDES.indexOf(side) + 1) % 3] ?? 2;

/**
 * The camera of each tile, page by page. Unset tiles take the cameras that no tile shows, in
 * order; cameras that find no tile fill further pages. There is always one page.
 */
export function wallPages(layout: WallLayout, cameraIds: readonly string[]): (string | null)[][] {
  const count = layout.side ** 2;
  const known = new Set(cameraIds);
  const set = Array.from({ length: Math.max(layout.slots.length, count) }, (_, index) => {
    const slot = layout.slots[index];
    return typeof slot === "string" && !known.has(slot) ? undefined : slot;
  });
  const shown = new Set(set);
  const rest = cameraIds.filter((id) => !shown.has(id));
  const filled = set.map((slot) => (slot === undefined ? (rest.shift() ?? null) : slot));
  filled.push(...rest);
  const last = filled.findLastIndex((slot) => slot !== null);
  const pages = Math.max(1, Math.ceil((last + 1) / count));
  return Array.from({ length: pages }, (_, page) =>
    Array.from({ length: count }, (_, index) => filled[page * count + index] ?? null),
  );
}

export function withSlot(layout: WallLayout, index: number, camera: string | null): WallLayout {
  const slots = Array.from(
    { length: Math.max(layout.slots.length, index + 1) },
    (_, at) => layout.slots[at],
  );
  slots[index] = camera;
  return { ...layout, slots };
}
