/**
 * Of tiles that join together, as those of a wall's page, each shows its key picture before any
 * decodes what follows: sixteen cached GOPs are 240 pictures on average, and only 16 are seen.
 */

/** For a camera that is live and yet sends nothing; one that is not says so at once. */
const PATIENCE_MS = 400;

export class KeysFirst<T extends { tile: number; kind: string; key?: boolean }> {
  private readonly expected = new Set<number>();
  private readonly held = new Map<number, T[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly pass: (record: T) => void) {}

  /** The tile asks for its camera: its first picture is on its way. */
  expect(tile: number): void {
    this.forget(tile);
    this.expected.add(tile);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), PATIENCE_MS);
  }

  /** The tile shows a picture, or will not soon. */
  settle(tile: number): void {
    if (this.expected.delete(tile) && this.expected.size === 0) this.release();
  }

  forget(tile: number): void {
    this.held.delete(tile);
    this.settle(tile);
  }

  take(record: T): void {
    const waiting = this.held.get(record.tile);
    if (waiting) waiting.push(record);
    else if (record.kind !== "frame" || record.key || !this.othersCome(record.tile)) {
      this.pass(record);
    } else this.held.set(record.tile, [record]);
  }

  private othersCome(tile: number): boolean {
    return this.expected.size > (this.expected.has(tile) ? 1 : 0);
  }

  private release(): void {
    clearTimeout(this.timer);
    this.expected.clear();
    const held = [...this.held.values()];
    this.held.clear();
    for (const records of held) for (const record of records) this.pass(record);
  }
}
