import { afterEach, expect, it, vi } from "vitest";
import { centre } from "./api";

afterEach(() => vi.unstubAllGlobals());

it("leaves the centre alone for as long as it asks, and then sends again", async () => {
  let [now, calls] = [0, 0];
  const answers = [
    new Response("{}", { status: 429, headers: { "Retry-After": "30" } }),
    Response.json({ results: [{ accepted: true }] }),
  ];
  vi.stubGlobal("fetch", () => {
    calls += 1;
    return Promise.resolve(answers.shift());
  });
  const desk = centre("token", () => now);
  const report = { id: "1", kind: "arrived" as const, happened_at: "2026-03-19T07:00:00Z" };
  await expect(desk.reports([report])).rejects.toMatchObject({ status: 429 });
  now = 29_000;
  await expect(desk.reports([report])).rejects.toMatchObject({ status: 429 });
  expect(calls).toBe(1);
  now = 30_000;
  expect(await desk.reports([report])).toEqual([null]);
  expect(calls).toBe(2);
});
