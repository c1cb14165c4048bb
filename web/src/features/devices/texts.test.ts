import { expect, it } from "vitest";
import { placeOf } from "./place";
import { readable } from "./told";

it.each([
  ["43.25, 76.93", { latitude: 43.25, longitude: 76.93 }],
  ["43.25 76.93", { latitude: 43.25, longitude: 76.93 }],
  ["43,25; 76,93", { latitude: 43.25, longitude: 76.93 }],
  ["143, 76", null],
  ["43.25", null],
  ["43.25,", null],
  ["Almaty", null],
  ["", null],
])("reads the place %j", (typed, place) => {
  expect(placeOf(typed)).toEqual(place);
});

it("leaves out what a tracker did not say", () => {
  const line = { device: "1", lat: 43.2, speed_km_h: null, valid: true, rejected: "malformed" };
  expect(readable(line)).toBe("lat 43.2 · valid · rejected malformed");
});
