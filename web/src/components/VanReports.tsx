import { useTranslation } from "react-i18next";
import { useVanReports } from "@/api/queries/panels";
import type { VanReport } from "@/api/types";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./VanReports.module.css";

const LATE_FROM_MS = 2 * 60_000;

interface Props {
  vehicleId: string;
  /** The day shown, as instants. */
  from: string;
  to: string;
  /** Nothing at all where the crew said nothing. */
  quiet?: boolean;
}

/** What a van's crew said on its phone in a day, the newest first. */
export function VanReports({ vehicleId, from, to, quiet = false }: Props) {
  const { t } = useTranslation();
  const reports = useVanReports(from, to);
  const own = (reports.data ?? []).filter(({ vehicle_id }) => vehicle_id === vehicleId);
  if (!reports.data || (quiet && own.length === 0)) return null;
  return (
    <section data-testid="van-reports">
      <h3 className={classes.title}>{t("van_report.title")}</h3>
      {own.length === 0 && <p className={classes.dim}>{t("van_report.none")}</p>}
      <ul className={classes.list}>
        {own.map((report) => (
          <Line key={report.id} report={report} />
        ))}
      </ul>
    </section>
  );
}

function Line({ report }: { report: VanReport }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { time } = useFormats();
  const { kind, problem, people, note, stop, happened_at, received_at } = report;
  const late = Date.parse(received_at) - Date.parse(happened_at) >= LATE_FROM_MS;
  const said =
    kind === "people_served"
      ? t("van_report.people", { n: people ?? 0 })
      : t(`van_report.kind.${kind}`);
  return (
    <li data-kind={kind}>
      {time(happened_at, undefined, false)} · {said}
      {problem && `: ${t(`van_report.problem.${problem}`)}`}
      {stop && ` · ${nameOf(stop)}`}
      {note && ` · «${note}»`}
      {late && (
        <span className={classes.dim}>
          {" "}
          · {t("van_report.late", { at: time(received_at, undefined, false) })}
        </span>
      )}
    </li>
  );
}
