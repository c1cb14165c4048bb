import { useTranslation } from "react-i18next";
import type { ReportColumn, ReportGroup, ReportTotals } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Reports.module.css";

interface Props {
  report: ReportTotals;
  by: "day" | "vehicle" | "region";
  opened: ReportGroup | "all" | null;
  onOpen: (group: ReportGroup | "all") => void;
}

/** Totals by group; a group's name opens its rows. */
export function ReportTable({ report, by, opened, onOpen }: Props) {
  const { t } = useTranslation();
  const { day, number } = useFormats();
  const cell = (value: number | null, { kind }: ReportColumn) =>
    value === null ? "–" : number(value, kind === "amount" ? 1 : 0);

  if (report.groups.length === 0) return <p>{t("report.no_rows")}</p>;
  return (
    <div className={classes.wide} tabIndex={0} role="region" aria-label={report.title}>
      <table className={classes.table} data-testid="report-totals">
        <caption className={classes.hidden}>{report.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t(`report.bys.${by}`)}</th>
            {report.columns.map(({ key, title }) => (
              <th key={key} scope="col" className={classes.number}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.groups.map((group) => (
            <tr key={`${group.label} ${group.first}`} data-opened={group === opened}>
              <th scope="row">
                <button type="button" className={classes.open} onClick={() => onOpen(group)}>
                  {by === "day" ? day(group.label) : group.label}
                </button>
              </th>
              {group.cells.map((value, index) => (
                <td key={report.columns[index]?.key} className={classes.number}>
                  {report.columns[index] && cell(value, report.columns[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              <button type="button" className={classes.open} onClick={() => onOpen("all")}>
                {t("report.total")}
              </button>
            </th>
            {report.total.map((value, index) => (
              <td key={report.columns[index]?.key} className={classes.number}>
                {report.columns[index] && cell(value, report.columns[index])}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
