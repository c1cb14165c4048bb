import { describe, expect, it, vi } from "vitest";
import { vectorLayers } from "./ground";

vi.mock("maplibre-gl", () => ({ addProtocol: vi.fn() }));

describe("vectorLayers", () => {
  it("draws what the usual names mean, and nothing of what it does not know", () => {
    const made = vectorLayers(["earth", "water", "transportation", "boundary", "pois"]);
    expect(made.map(({ type }) => type)).toEqual(["fill", "fill", "line", "line"]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  });
});
