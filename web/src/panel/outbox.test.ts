import { describe, expect, it } from "vitest";
import { ApiProblem } from "@/api/client";
import { drain, type Kept, type Queue } from "./outbox";

/** A queue in memory, as the phone's storage behaves. */
class Memory implements Queue<string> {
  waiting: Kept<string>[] = [];
  refusals: [string, string][] = [];
  constructor(...items: string[]) {
    this.waiting = items.map((item, key) => ({ key, item }));
  }
  first = (count: number) => Promise.resolve(this.waiting.slice(0, count));
  done = (keys: readonly number[]) => {
    this.waiting = this.waiting.filter(({ key }) => !keys.includes(key));
    return Promise.resolve();
  };
  refused = (key: number, why: string) => {
    const one = this.waiting.find((kept) => kept.key === key);
    if (one) this.refusals.push([one.item, why]);
    return this.done([key]);
  };
}

/** A centre that takes an item once, whatever is sent how often. */
class Centre {
  taken: string[] = [];
  calls = 0;
  troubles: (ApiProblem | "answer lost")[] = [];
  constructor(private readonly judge: (item: string) => string | null = () => null) {}
  send = (items: string[]) => {
    this.calls += 1;
    const trouble = this.troubles.shift();
    if (trouble instanceof ApiProblem) return Promise.reject(trouble);
    const answers = items.map(this.judge);
    for (const [index, item] of items.entries())
      if (answers[index] === null && !this.taken.includes(item)) this.taken.push(item);
    if (trouble) return Promise.reject(new ApiProblem(0, "unreachable", ""));
    return Promise.resolve(answers);
  };
}

const offline = new ApiProblem(0, "unreachable", "");

describe("the outbox", () => {
  it("keeps everything in order while there is no network, and sends it once after", async () => {
    const queue = new Memory("arrived", "served", "sos");
    const centre = new Centre();
    centre.troubles = [offline, new ApiProblem(503, "away", ""), new ApiProblem(429, "slow", "")];
    for (let n = 0; n < 3; n += 1) expect(await drain(queue, centre.send, 50)).toBe("left");
    expect(queue.waiting.map(({ item }) => item)).toEqual(["arrived", "served", "sos"]);
    expect(await drain(queue, centre.send, 2)).toBe("empty");
    expect(centre.taken).toEqual(["arrived", "served", "sos"]);
    expect(await drain(queue, centre.send, 2)).toBe("empty");
    expect(centre.calls).toBe(5);
  });

  it("sends again what was answered into the void", async () => {
    const queue = new Memory("a", "b");
    const centre = new Centre();
    centre.troubles = ["answer lost"];
    expect(await drain(queue, centre.send, 50)).toBe("left");
    expect(queue.waiting).toHaveLength(2);
    expect(await drain(queue, centre.send, 50)).toBe("empty");
    expect(centre.taken).toEqual(["a", "b"]);
  });

  it("puts a refused one aside with its reason and goes on", async () => {
    const queue = new Memory("a", "bad", "c", "d");
    const centre = new Centre((item) => (item === "bad" ? "no such stop" : null));
    expect(await drain(queue, centre.send, 2)).toBe("empty");
    expect(centre.taken).toEqual(["a", "c", "d"]);
    expect(queue.refusals).toEqual([["bad", "no such stop"]]);
  });

  it("finds the one for which the centre refuses a whole batch", async () => {
    const queue = new Memory("a", "b", "bad", "c");
    const centre = new Centre();
    const send = (items: string[]) =>
      items.includes("bad")
        ? Promise.reject(new ApiProblem(422, "invalid", "not a report"))
        : centre.send(items);
    expect(await drain(queue, send, 50)).toBe("empty");
    expect(centre.taken).toEqual(["a", "b", "c"]);
    expect(queue.refusals).toEqual([["bad", "not a report"]]);
  });

  it("stops and keeps everything once the phone is not paired any more", async () => {
    const queue = new Memory("a");
    const centre = new Centre();
    centre.troubles = [new ApiProblem(401, "unauthenticated", "")];
    expect(await drain(queue, centre.send, 50)).toBe("unpaired");
    expect(queue.waiting).toHaveLength(1);
  });

  it("believes no answer that does not fit its question", async () => {
    const queue = new Memory("a", "b");
    expect(await drain(queue, () => Promise.resolve([null]), 50)).toBe("left");
    expect(queue.waiting).toHaveLength(2);
  });
});
