/** The panel's one state: what the crew said, what waits, what the centre last told. */

import { ApiProblem } from "@/api/client";
import type { Alone } from "./alone";
import type { Centre } from "./api";
import type { Fix, Kind, Report, Said } from "./facts";
import { drain } from "./outbox";
import type { Contact, Shelf } from "./shelf";

const REPORTS_AT_ONCE = 50;
const FIXES_AT_ONCE = 200;
const KEPT_MS = 36 * 3_600_000;
const COUNT_SETTLES_MS = 3_000;
const END_OF_TIME = "9999"; // everything that was sent
const WRONG_CLOCK_MS = 60_000; // less is the network's doing

export interface Draft {
  trip_id?: string;
  sequence?: number;
  people: number;
  happened_at: string;
}

export interface PanelState {
  contact: Contact | null;
  /** What became of the last attempt; null before the first. */
  reached: boolean | null;
  paired: boolean;
  said: Said[];
  fixesWaiting: number;
  draft: Draft | null;
  /** How far the phone's clock is ahead of the centre's; null while unknown. */
  aheadMs: number | null;
}

/** Where the count that is being tapped survives a closed page. */
export interface DraftStore {
  read(): Draft | null;
  write(draft: Draft | null): void;
}

export type Stop = Pick<Report, "trip_id" | "sequence">;

export class Panel {
  private state: PanelState;
  private readonly hearers = new Set<() => void>();
  private syncing: Promise<void> | null = null;
  private again = false;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private lastFix: Fix | null = null;

  constructor(
    private readonly shelf: Shelf,
    private readonly centre: Centre,
    private readonly drafts: DraftStore,
    private readonly now: () => number = Date.now,
    private readonly alone: Alone = (work) => work().then(() => true),
  ) {
    this.state = {
      contact: null,
      reached: null,
      paired: true,
      said: [],
      fixesWaiting: 0,
      draft: null,
      aheadMs: null,
    };
  }

  read = (): PanelState => this.state;

  subscribe = (hear: () => void): (() => void) => {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  };

  /** Take up where the page was closed. */
  async open(): Promise<void> {
    await this.shelf.tidy(new Date(this.now() - KEPT_MS).toISOString());
    const contact = await this.shelf.contact();
    this.put({ contact, aheadMs: contact && contact.at - Date.parse(contact.home.now) });
    // A count that another tab is tapping is that tab's to say.
    await this.alone(async () => {
      this.put({ draft: this.drafts.read() });
      await this.settle();
    });
    await this.look();
  }

  /** Resolves once the report is on disk; it goes out by itself. */
  async say(kind: Kind, stop: Stop, more: Partial<Report> = {}): Promise<void> {
    if (kind !== "people_served") await this.settle();
    const at = this.lastFix;
    const van = this.state.contact?.home.vehicle.id;
    const fresh = at && this.centreTime() - Date.parse(at.fixed_at) < 10 * 60_000;
    await this.keep({
      id: crypto.randomUUID(),
      kind,
      happened_at: new Date(this.centreTime()).toISOString(),
      ...(van === undefined ? {} : { vehicle_id: van }),
      ...stop,
      ...(fresh ? { latitude: at.latitude, longitude: at.longitude } : {}),
      ...more,
    });
    await this.look();
    void this.sync();
  }

  /** Count people at a stop; said once it rests for a moment, so that forty taps are one report. */
  count(people: number, stop: Stop): void {
    const draft = { ...stop, people, happened_at: new Date(this.centreTime()).toISOString() };
    this.drafts.write(draft);
    this.put({ draft });
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.settle(), COUNT_SETTLES_MS);
  }

  /** Say the count that is being tapped now. */
  async settle(): Promise<void> {
    clearTimeout(this.settling);
    const { draft } = this.state;
    if (!draft) return;
    this.put({ draft: null });
    const { people, happened_at, ...stop } = draft;
    await this.say("people_served", stop, { people, happened_at });
    if (!this.state.draft) this.drafts.write(null); // not one begun meanwhile
  }

  async locate(measured: Fix): Promise<void> {
    const at = Date.parse(measured.fixed_at) - this.offMs();
    const fix = { ...measured, fixed_at: new Date(at).toISOString() };
    this.lastFix = fix;
    try {
      await this.shelf.locate(fix);
    } catch {
      return; // a full phone keeps the crew's words rather than places
    }
    this.put({ fixesWaiting: await this.shelf.located() });
  }

  async forget(key: number): Promise<void> {
    await this.shelf.forget(key);
    await this.look();
  }

  /** Send what waits, then ask how things are. Two calls at once are one, and one more after. */
  sync(): Promise<void> {
    if (this.syncing) {
      this.again = true;
      return this.syncing;
    }
    const running = this.inOneTab().finally(() => {
      this.syncing = null;
      if (this.again) {
        this.again = false;
        void this.sync();
      }
    });
    this.syncing = running;
    return running;
  }

  /** What another tab sends and hears is on the shelf: this one only looks. */
  private async inOneTab(): Promise<void> {
    if (await this.alone(() => this.exchange())) return;
    const contact = await this.shelf.contact();
    if (contact) this.put({ contact });
    await this.look();
  }

  /** How far the phone's clock is off, where that is more than the network's doing. */
  private offMs(): number {
    const { aheadMs } = this.state;
    return aheadMs !== null && Math.abs(aheadMs) >= WRONG_CLOCK_MS ? aheadMs : 0;
  }

  /** The time as the centre has it, as far as that is known. */
  private centreTime(): number {
    return this.now() - this.offMs();
  }

  /** Put a report on disk; on a full phone make room, and else send it at once or say so. */
  private async keep(report: Report): Promise<void> {
    const more = [() => this.shelf.forgetFixes(), () => this.shelf.tidy(END_OF_TIME)];
    for (;;) {
      try {
        return await this.shelf.say(report);
      } catch (full) {
        const next = more.shift();
        if (next) await next().catch(() => undefined);
        else {
          const sent = await this.centre.reports([report]).catch(() => null);
          if (sent?.[0] !== null) throw full;
          return;
        }
      }
    }
  }

  private async exchange(): Promise<void> {
    const said = await drain(this.shelf.reports, this.centre.reports, REPORTS_AT_ONCE);
    await this.look();
    if (said === "unpaired") return this.put({ paired: false });
    if (said === "left") return this.put({ reached: false });
    try {
      const sent = this.now();
      const home = await this.centre.home();
      const at = this.now();
      const before = this.state.contact?.home.vehicle.id;
      if (before !== undefined && before !== home.vehicle.id) await this.shelf.forgetFixes();
      await this.shelf.remember({ home, at });
      this.put({
        contact: { home, at },
        reached: true,
        paired: true,
        aheadMs: (sent + at) / 2 - Date.parse(home.now),
      });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return this.put(error.status === 401 ? { paired: false } : { reached: false });
    }
    await drain(this.shelf.fixes, this.centre.fixes, FIXES_AT_ONCE);
    this.put({ fixesWaiting: await this.shelf.located() });
  }

  private async look(): Promise<void> {
    this.put({ said: await this.shelf.said(), fixesWaiting: await this.shelf.located() });
  }

  private put(change: Partial<PanelState>): void {
    this.state = { ...this.state, ...change };
    for (const hear of this.hearers) hear();
  }
}
