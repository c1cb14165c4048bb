import { expect, it } from "vitest";
import { Wake } from "./wake";

class Screen {
  asked = 0;
  on = 0;
  refuses = false;
  private last: { released: boolean } | null = null;
  request = () => {
    this.asked += 1;
    if (this.refuses) return Promise.reject(new DOMException("low battery", "NotAllowedError"));
    this.on += 1;
    const given = {
      released: false,
      release: () => {
        if (!given.released) this.on -= 1;
        given.released = true;
        return Promise.resolve();
      },
    };
    this.last = given;
    return Promise.resolve(given);
  };
  hide() {
    if (this.last) this.last.released = true;
    this.on = 0;
  }
}

it("keeps the screen on from arrival to departure, also after the page was hidden", async () => {
  const screen = new Screen();
  const wake = new Wake(screen);
  await wake.want(true);
  await wake.want(true);
  expect([screen.asked, screen.on]).toEqual([1, 1]);
  screen.hide();
  await wake.want(true);
  expect([screen.asked, screen.on]).toEqual([2, 1]);
  await wake.want(false);
  expect(screen.on).toBe(0);
});

it("lets go of a lock that comes too late, and does without one", async () => {
  const screen = new Screen();
  const wake = new Wake(screen);
  await Promise.all([wake.want(true), wake.want(false)]);
  expect(screen.on).toBe(0);
  screen.refuses = true;
  await wake.want(true);
  await new Wake(undefined).want(true);
  expect(screen.on).toBe(0);
});
