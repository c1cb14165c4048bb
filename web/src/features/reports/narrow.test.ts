import { expect, it } from "vitest";
import { reportFile, type ReportAsked } from "@/api/queries/reports";
import { narrowed } from "./narrow";

const ASKED: ReportAsked = { kind: "trips", from: "2026-11-01", to: "2026-11-30", lang: "kk" };

it("asks for the rows that a total is made of", () => {
  const group = {
    label: "101 AHL 05",
    cells: [1],
    first: "2026-11-22",
    last: "2026-11-22",
    region_id: null,
    vehicle_id: "v1",
  };
  expect(narrowed(ASKED, group)).toEqual({
    ...ASKED,
    from: "2026-11-22",
    to: "2026-11-22",
    region_id: null,
    vehicle_id: "v1",
  });
});

it("names the file by what is shown", () => {
  expect(reportFile({ ...ASKED, region_id: "r1" }, "xlsx")).toBe(
    "/api/v1/reports/trips/file?form=xlsx&from=2026-11-01&to=2026-11-30&lang=kk&region_id=r1",
  );
});
