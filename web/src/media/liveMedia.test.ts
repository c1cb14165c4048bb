import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ToWorker } from "./workerMessages";

const shown: ((turn: number) => void)[] = [];
let made = 0;
vi.mock("./tileSurface", () => ({
  makeSurface: () => {
    made += 1;
    let wanted: { turn: number; callback: () => void } | null = null;
    shown.push((turn) => wanted?.turn === turn && wanted.callback());
    return {
      element: { dataset: {} },
      handed: {},
      shows: () => true,
      whenShown: (turn: number, callback: () => void) => (wanted = { turn, callback }),
      close: () => undefined,
    };
  },
}));
vi.mock("@/api/queries/tickets", () => ({
  liveTicket: async (camera: string) => ({ ticket: `for ${camera}`, media_url: "http://node" }),
}));

const told: ToWorker[] = [];
vi.stubGlobal(
  "Worker",
  class {
    postMessage = (message: ToWorker) => told.push(message);
  },
);
const { openScreen } = await import("./liveMedia");

describe("a screen of the wall", () => {
  beforeEach(() => {
    told.length = made = shown.length = 0;
  });

  it("shows one camera after another on what was made once", async () => {
    const screen = openScreen();
    const tiles: number[] = [];
    for (const camera of ["a", "b", "c"]) {
      const tile = screen.watch(camera);
      tile.show("sub");
      await Promise.resolve();
      await Promise.resolve();
      const added = told.find((each) => each.type === "add" && !tiles.includes(each.tile));
      tiles.push(added?.type === "add" ? added.tile : 0);
      tile.close();
      tile.show("main"); // late: it must not ask for a ticket any more
    }
    screen.close();
    expect(made).toBe(1);
    expect(new Set(tiles).size).toBe(3); // what the node still sends for one is not another's
    expect(told.map(({ type }) => type)).toEqual([
      "surface",
      ...["add", "ticket", "remove"],
      ...["add", "ticket", "remove"],
      ...["add", "ticket", "remove"],
      "close",
    ]);
    const tickets = told.flatMap((each) => (each.type === "ticket" ? [each.ticket] : []));
    expect(tickets).toEqual(["for a", "for b", "for c"]);
  });

  it("tells of a camera's own picture only, not of what the one before had on its way", () => {
    const screen = openScreen();
    const first = vi.fn();
    const second = vi.fn();
    const before = screen.watch("a");
    before.whenShown(first);
    before.close();
    screen.watch("b").whenShown(second);
    const turns = told.flatMap((each) => (each.type === "add" ? [each.turn] : []));
    shown[0]?.(turns[0] ?? -1);
    expect([first, second].map((each) => each.mock.calls.length)).toEqual([0, 0]);
    shown[0]?.(turns[1] ?? -1);
    expect([first, second].map((each) => each.mock.calls.length)).toEqual([0, 1]);
  });
});
