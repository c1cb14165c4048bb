import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import type { Alone } from "./alone";
import type { Centre } from "./api";
import type { Fix, Home, Report, Said } from "./facts";
import type { Queue } from "./outbox";
import { type Draft, Panel } from "./panel";
import type { Contact, Shelf } from "./shelf";

const NOON = Date.parse("2026-03-19T07:00:00Z");
const STOP = { trip_id: "t", sequence: 1 };

/** The phone's storage in memory; it outlives a Panel as the disk outlives a page. */
class Phone implements Shelf {
  /** Rows of any kind that it still takes. */
  room = Infinity;
  rows: Said[] = [];
  waitingFixes: { key: number; item: Fix }[] = [];
  kept: Contact | null = null;
  draft: Draft | null = null;
  private keys = 0;

  private fill() {
    if (this.rows.length + this.waitingFixes.length >= this.room)
      throw new DOMException("full", "QuotaExceededError");
  }
  say = async (report: Report) => {
    await Promise.resolve();
    this.fill();
    this.rows.push({ key: (this.keys += 1), report, fate: "waiting" });
  };
  said = () => Promise.resolve([...this.rows]);
  forget = (key: number) => {
    this.rows = this.rows.filter((row) => row.key !== key);
    return Promise.resolve();
  };
  tidy = (before: string) => {
    this.rows = this.rows.filter(
      ({ fate, report }) => fate !== "sent" || report.happened_at >= before,
    );
    return Promise.resolve();
  };
  reports: Queue<Report> = {
    first: (count) =>
      Promise.resolve(
        this.rows
          .filter(({ fate }) => fate === "waiting")
          .slice(0, count)
          .map(({ key, report }) => ({ key, item: report })),
      ),
    done: (keys) => this.settle(keys, "sent"),
    refused: (key) => this.settle([key], "refused"),
  };
  locate = async (item: Fix) => {
    await Promise.resolve();
    this.fill();
    this.waitingFixes.push({ key: (this.keys += 1), item });
  };
  located = () => Promise.resolve(this.waitingFixes.length);
  fixes: Queue<Fix> = {
    first: (count) => Promise.resolve(this.waitingFixes.slice(0, count)),
    done: (keys) => {
      this.waitingFixes = this.waitingFixes.filter(({ key }) => !keys.includes(key));
      return Promise.resolve();
    },
    refused: () => Promise.resolve(),
  };
  forgetFixes = () => {
    this.waitingFixes = [];
    return Promise.resolve();
  };
  contact = () => Promise.resolve(this.kept);
  remember = (contact: Contact) => {
    this.kept = contact;
    return Promise.resolve();
  };
  private settle(keys: readonly number[], fate: Said["fate"]) {
    this.rows = this.rows.map((row) => (keys.includes(row.key) ? { ...row, fate } : row));
    return Promise.resolve();
  }
}

class Desk implements Centre {
  online = true;
  van = "van-1";
  taken: Report[] = [];
  places: Fix[] = [];
  asked = 0;
  private refuse() {
    if (!this.online) throw new ApiProblem(0, "unreachable", "");
  }
  home = async () => {
    this.asked += 1;
    await Promise.resolve();
    this.refuse();
    const now = new Date(NOON - 10 * 60_000).toISOString();
    return { now, vehicle: { id: this.van }, trips: [], open_reports: [] } as unknown as Home;
  };
  reports = async (reports: Report[]) => {
    await Promise.resolve();
    this.refuse();
    this.taken.push(...reports);
    return reports.map(() => null);
  };
  fixes = async (fixes: Fix[]) => {
    await Promise.resolve();
    this.refuse();
    this.places.push(...fixes);
    return fixes.map(() => null);
  };
}

const open = async (phone: Phone, desk: Desk, alone?: Alone) => {
  const drafts = {
    read: () => phone.draft,
    write: (draft: Draft | null) => void (phone.draft = draft),
  };
  const panel = new Panel(phone, desk, drafts, () => NOON, alone);
  await panel.open();
  return panel;
};

describe("the panel", () => {
  it("makes one report of many taps, before the crew's next word", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    for (const people of [1, 2, 3]) panel.count(people, STOP);
    await panel.say("departed", STOP);
    await panel.sync();
    expect(desk.taken.map(({ kind, people }) => [kind, people])).toEqual([
      ["people_served", 3],
      ["departed", undefined],
    ]);
  });

  it("says the count by itself once it rests", async () => {
    vi.useFakeTimers();
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    panel.count(5, STOP);
    await vi.advanceTimersByTimeAsync(4_000);
    vi.useRealTimers();
    expect(desk.taken.map(({ people }) => people)).toEqual([5]);
    expect(phone.draft).toBeNull();
  });

  it("loses nothing to a page closed in the middle of counting, without a network", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    desk.online = false;
    const first = await open(phone, desk);
    await first.say("arrived", STOP);
    first.count(2, STOP);
    const second = await open(phone, desk);
    await second.sync();
    expect(second.read().reached).toBe(false);
    desk.online = true;
    await second.sync();
    await vi.waitFor(() =>
      expect(desk.taken.map(({ kind }) => kind)).toEqual(["arrived", "people_served"]),
    );
    await vi.waitFor(() =>
      expect(second.read()).toMatchObject({ reached: true, aheadMs: 10 * 60_000 }),
    );
  });

  it("asks once more, not twice at once, when it is called while it sends", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    await Promise.all([panel.sync(), panel.sync(), panel.sync()]);
    await vi.waitFor(() => expect(desk.asked).toBe(2));
  });

  it("makes room on a full phone, and sends at once what finds none", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    await panel.say("arrived", STOP);
    await panel.sync();
    phone.room = 2;
    const fix = { fixed_at: new Date(NOON).toISOString(), latitude: 43, longitude: 77 };
    for (let n = 0; n < 3; n += 1) await panel.locate(fix); // places are not worth a word
    desk.online = false;
    await panel.say("serving", STOP);
    expect(phone.waitingFixes).toEqual([]);
    await panel.say("departed", STOP);
    await expect(panel.say("sos", STOP)).rejects.toMatchObject({ name: "QuotaExceededError" });
    desk.online = true;
    await panel.say("sos", STOP);
    await panel.sync();
    await vi.waitFor(() =>
      expect(desk.taken.map(({ kind }) => kind).sort()).toEqual([
        "arrived",
        "departed",
        "serving",
        "sos",
      ]),
    );
  });

  it("speaks of the centre's time where the phone's clock is wrong", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    await panel.sync(); // ten minutes ahead
    await panel.locate({ fixed_at: new Date(NOON).toISOString(), latitude: 43, longitude: 77 });
    await panel.say("arrived", STOP);
    panel.count(3, STOP);
    await panel.settle();
    await panel.sync();
    const right = new Date(NOON - 10 * 60_000).toISOString();
    await vi.waitFor(() => expect(desk.taken).toHaveLength(2));
    expect(desk.taken.map(({ happened_at }) => happened_at)).toEqual([right, right]);
    await vi.waitFor(() => expect(desk.places.map(({ fixed_at }) => fixed_at)).toEqual([right]));
    desk.online = false;
    const again = await open(phone, desk); // without a network it remembers how wrong it was
    await again.say("departed", STOP);
    expect(phone.rows.at(-1)?.report.happened_at).toBe(right);
  });

  it("sends from one tab only, and shows in the other what came of it", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    let busy = false;
    const alone = async (work: () => Promise<void>) => {
      if (busy) return false;
      busy = true;
      await work().finally(() => (busy = false));
      return true;
    };
    const [one, other] = [await open(phone, desk, alone), await open(phone, desk, alone)];
    await one.say("arrived", STOP);
    await Promise.all([one.sync(), other.sync()]);
    await vi.waitFor(() => expect(one.read().reached).toBe(true));
    expect(desk.taken).toHaveLength(1);
    await other.sync();
    expect(other.read().said.map(({ fate }) => fate)).toEqual(["sent"]);
  });

  it("gives no van the places of another", async () => {
    const [phone, desk] = [new Phone(), new Desk()];
    const panel = await open(phone, desk);
    await panel.sync();
    const fixed_at = new Date(NOON).toISOString();
    await panel.locate({ fixed_at, latitude: 43, longitude: 77 });
    desk.van = "van-2";
    await panel.say("arrived", {});
    await panel.sync();
    expect(desk.places).toEqual([]);
    expect(desk.taken.at(-1)).toMatchObject({ vehicle_id: "van-1", latitude: 43 });
  });
});
