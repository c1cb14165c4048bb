import { describe, expect, it } from "vitest";
import { fold, matches } from "./search";

describe("fold", () => {
  it.each([
    ["Қызылорда", "Кызылорда", "Qyzylorda", "Kyzylorda"],
    ["Өскемен", "Оскемен", "Öskemen", "Oskemen"],
    ["Шымкент", "шымкент", "Shymkent"],
    ["Жезқазған", "Жезказган", "Zhezkazgan", "Jezqazgan"],
    ["Алматы", "Almaty", "ALMATY"],
    ["Ақтау", "Актау", "Aqtau", "Aktau"],
  ])("makes one of %s and its spellings", (first, ...others) => {
    for (const other of others) expect(fold(other)).toBe(fold(first));
  });
});

describe("matches", () => {
  const office = ["№1 ХҚКО, Есіл ауданы", "ЦОН №1, район Есиль", "Office 1, Yesil district"];
  it.each(["есиль", "esil", "хкко 1", "цон", "Yesil 1", "", "  "])("finds it by «%s»", (query) =>
    expect(matches(query, office)).toBe(true),
  );
  it.each(["есиль 2", "шымкент"])("does not find it by «%s»", (query) =>
    expect(matches(query, office)).toBe(false),
  );
});
