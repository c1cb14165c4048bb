/** Reports of the vans: totals, the rows behind them, and files. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Language, ReportRows, ReportTotals } from "@/api/types";
import { keys } from "./keys";

export interface ReportAsked {
  kind: "trips" | "plan-fact" | "stops" | "mileage";
  from: string;
  to: string;
  lang: Language;
  region_id?: string | null;
  vehicle_id?: string | null;
}

const queryOf = ({ from, to, lang, region_id, vehicle_id }: ReportAsked) => ({
  from,
  to,
  lang,
  region_id: region_id ?? null,
  vehicle_id: vehicle_id ?? null,
});

export const useReport = (asked: ReportAsked, by: "day" | "vehicle" | "region") =>
  useQuery({
    queryKey: [...keys.reports, asked, by],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      get<ReportTotals>(`/reports/${asked.kind}`, { query: { ...queryOf(asked), by }, signal }),
  });

/** The rows of one day of the span; `cursor` is that day. */
export const useReportRows = (asked: ReportAsked | null, cursor: string | null) =>
  useQuery({
    queryKey: [...keys.reports, "rows", asked, cursor],
    enabled: asked !== null,
    queryFn: ({ signal }) =>
      get<ReportRows>(`/reports/${asked?.kind ?? "trips"}/rows`, {
        query: asked ? { ...queryOf(asked), cursor } : {},
        signal,
      }),
  });

export function reportFile(asked: ReportAsked, form: "csv" | "xlsx" | "pdf"): string {
  const query = new URLSearchParams({ form });
  for (const [name, value] of Object.entries(queryOf(asked))) if (value) query.set(name, value);
  return `/api/v1/reports/${asked.kind}/file?${query.toString()}`;
}
