import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import type { Centre } from "./api";
import type { Fix, Home, Report, Said } from "./facts";
import type { Queue } from "./outbox";
import { type Draft, Panel } from "./panel";
import type { Contact, Shelf } from "./shelf";

const NOON = Date.parse("2026-03-19T07:00:00Z");
const STOP = { trip_id: "t", sequence: 1 };

/** The phone's storage in memory; it outlives a Panel as the disk outlives a page. */
class Phone implements Shelf {
  rows: Said[] = [];
  waitingFixes: { key: number; item: Fix }[] = [];
  kept: Contact | null = null;
  draft: Draft | null = null;
  private keys = 0;

  say = (report: Report) => {
    this.rows.push({ key: (this.keys += 1), report, fate: "waiting" });
    return Promise.resolve();
  };
  said = () => Promise.resolve([...this.rows]);
  forget = (key: number) => {
    this.rows = this.rows.filter((row) => row.key !== key);
    return Promise.resolve();
  };
  tidy = () => Promise.resolve();
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
  locate = (item: Fix) => {
    this.waitingFixes.push({ key: (this.keys += 1), item });
    return Promise.resolve();
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

const open = async (phone: Phone, desk: Desk) => {
  const drafts = {
    read: () => phone.draft,
    write: (draft: Draft | null) => void (phone.draft = draft),
  };
  const panel = new Panel(phone, desk, drafts, () => NOON);
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
