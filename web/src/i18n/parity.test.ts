import { describe, expect, it } from "vitest";
import en from "./en.json";
import kk from "./kk.json";
import ru from "./ru.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(prefix + key, value);
    else for (const [path, text] of flat(value, `${prefix}${key}.`)) found.set(path, text);
  }
  return found;
}

const placeholders = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(String).sort();
const english = flat(en);

// Every key that the code names, found in its source text.
const sources = import.meta.glob("/src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
}) as Record<string, string>;

describe.each([
  ["kk", flat(kk)],
  ["ru", flat(ru)],
])("%s", (_, texts) => {
  it("has the same keys as en", () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
  });
  it("has the same placeholders, and no empty text", () => {
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe("");
      expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ""));
    }
  });
});

describe("the code", () => {
  it("names only keys that exist", () => {
    const missing: string[] = [];
    for (const [path, source] of Object.entries(sources)) {
      if (path.endsWith(".test.ts") || path.startsWith("/src/panel/")) continue;
      for (const [, key = ""] of source.matchAll(/\bt\(\s*"([\w.]+)"/g)) {
        if (!english.has(key)) missing.push(`${path}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
