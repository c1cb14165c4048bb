import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReportRows, type ReportAsked } from "@/api/queries/reports";
import type { ReportColumn, ReportRows as Rows } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Reports.module.css";

type Cell = Rows["rows"][number][number];

interface Props {
  asked: ReportAsked;
  label: string;
  onClose: () => void;
}

/** The rows behind a total, a local day at a time. */
export function ReportRows({ asked, label, onClose }: Props) {
  const { t } = useTranslation();
  const { day, dateTime, number } = useFormats();
  const [cursor, setCursor] = useState<string | null>(null);
  const rows = useReportRows(asked, cursor);
  const shown = (cell: Cell, { kind }: ReportColumn): string => {
    if (cell === null) return "";
    if (kind === "day") return day(String(cell));
    if (kind === "moment") return dateTime(cell);
    if (typeof cell === "number") return number(cell, kind === "amount" ? 1 : 0);
    return String(cell);
  };

  return (
    <section className={classes.rows} data-testid="report-rows">
      <Group justify="space-between">
        <h2 className={classes.title}>
          {t("report.rows_of", { label })} {rows.data && `· ${day(rows.data.day)}`}
        </h2>
        <Group gap="xs">
          {rows.data?.next_cursor && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setCursor(rows.data.next_cursor)}
            >
              {t("report.next_day")}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={onClose}>
            {t("report.close_rows")}
          </Button>
        </Group>
      </Group>
      {rows.error && <ProblemNote error={rows.error} />}
      {rows.isLoading && <Loading />}
      {rows.data?.rows.length === 0 && <p>{t("report.no_rows")}</p>}
      {rows.data && rows.data.rows.length > 0 && (
        <div
          className={classes.wide}
          tabIndex={0}
          role="region"
          aria-label={t("report.rows_of", { label })}
        >
          <table className={classes.table}>
            <thead>
              <tr>
                {rows.data.columns.map(({ key, title }) => (
                  <th key={key} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.data.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => {
                    const column = rows.data.columns[at];
                    return (
                      <td
                        key={column?.key}
                        className={typeof cell === "number" ? classes.number : undefined}
                      >
                        {column && shown(cell, column)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
