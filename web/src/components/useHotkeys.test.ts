// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { isTyping } from "./useHotkeys";

function element(html: string): Element | null {
  document.body.innerHTML = html;
  return document.body.firstElementChild;
}

describe("isTyping", () => {
  it.each([
    ["<input>", true],
    ['<input type="time">', true],
    ["<textarea></textarea>", true],
    ["<select></select>", true],
    ['<input type="radio">', false],
    ['<input type="range">', false],
    ["<button></button>", false],
    ["<div></div>", false],
  ])("in %s: %s", (html, typing) => expect(isTyping(element(html))).toBe(typing));

  it("is not typing when nothing has the focus", () => expect(isTyping(null)).toBe(false));
});
