import { describe, expect, it } from "vitest";
import { moreIn, whenSeen } from "./onward";

const END = { toMs: 100_000, untilMs: 500_000, nowMs: 100_500, before: 0 };

describe("a film that reached the present", () => {
  it.each([
    ["is opened anew a moment later", END, 2_500],
    ["at once where enough was recorded while it played", { ...END, nowMs: 140_000 }, 0],
    ["less often for whoever stays", { ...END, before: 1 }, 11_500],
    ["not any more past the card's own time", { ...END, untilMs: 100_000 }, null],
  ])("%s", (_, end, after) => {
    expect(moreIn(end)).toBe(after);
  });
});

describe("a page", () => {
  const pageOf = (hidden: boolean) => Object.assign(new EventTarget(), { hidden });

  it("that is seen is not waited for", async () => {
    await whenSeen(pageOf(false) as unknown as Document);
  });

  it("is waited for while it is hidden", async () => {
    const page = pageOf(true);
    let seen = false;
    const waiting = whenSeen(page as unknown as Document).then(() => (seen = true));
    page.dispatchEvent(new Event("visibilitychange"));
    await Promise.resolve();
    expect(seen).toBe(false);
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    await waiting;
    expect(seen).toBe(true);
  });
});
