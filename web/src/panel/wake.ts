/** Keeps the screen on while it is wanted: a phone that sleeps sends no places. */

interface Sentinel {
  readonly released: boolean;
  release(): Promise<void>;
}
export interface WakeLocks {
  request(kind: "screen"): Promise<Sentinel>;
}

export class Wake {
  private held: Sentinel | null = null;
  private wanted = false;

  constructor(private readonly locks: WakeLocks | undefined) {}

  /** A phone takes the lock away with the page; call again when the page is seen again. */
  async want(on: boolean): Promise<void> {
    this.wanted = on;
    if (!on) {
      const { held } = this;
      this.held = null;
      await held?.release();
      return;
    }
    if (!this.locks || (this.held && !this.held.released)) return;
    try {
      const given = await this.locks.request("screen");
      if (this.wanted) this.held = given;
      else await given.release();
    } catch {
      this.held = null; // a low battery refuses; the crew's work goes on
    }
  }
}
