import { expect, it } from "vitest";
import { tokenOf } from "./pairing";

const TOKEN = "aB3_-".repeat(9).slice(0, 43);

it.each([
  ["a link", `https://ahual.gov4c.kz/van#${TOKEN}`, TOKEN],
  ["the part after the mark", `#${TOKEN}`, TOKEN],
  ["a token with blanks around", `  ${TOKEN}\n`, TOKEN],
  ["a link without one", "https://ahual.gov4c.kz/van", null],
  ["half a token", TOKEN.slice(0, 20), null],
  ["nothing", "", null],
])("reads %s", (_, text, token) => {
  expect(tokenOf(text)).toBe(token);
});
