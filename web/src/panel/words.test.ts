import { describe, expect, it } from "vitest";
import en from "./words/en.json";
import kk from "./words/kk.json";
import ru from "./words/ru.json";

type Tree = { [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
const slots = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(String).sort();
const english = new Map(flat(en));
const sources = import.meta.glob("./*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
}) as Record<string, string>;

describe("the panel's words", () => {
  it.each([
    ["kk", kk],
    ["ru", ru],
  ])("are all there in %s, with the same slots", (_, tree) => {
    const texts = new Map(flat(tree));
    expect([...texts.keys()]).toEqual([...english.keys()]);
    for (const [key, text] of texts)
      expect(slots(text), key).toEqual(slots(english.get(key) ?? ""));
  });

  it("are all that the code names", () => {
    const all = Object.values(sources).join("\n");
    const named = [...all.matchAll(/\bt\(\s*"([\w.]+)"/g)].map(([, key]) => key ?? "");
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((key) => !english.has(key))).toEqual([]);
  });
});
