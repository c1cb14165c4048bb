import { useTranslation } from "react-i18next";
import type { Alert, Names } from "@/api/types";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Alerts.module.css";

/** Numbers behind the alert that have a name in every language; the rest is for machines. */
const SHOWN = [
  "people",
  "limit",
  "for_s",
  "after_s",
  "window_number",
  "number",
  "node",
  "cameras",
  "headroom_s",
  "full_at",
  "disk_detail",
  "plate",
  "problem",
  "note",
  "place",
  "placed_at",
  "stop",
  "fence",
  "off_m",
  "speed_km_h",
  "limit_km_h",
  "planned_at",
  "expected_at",
] as const;

export function AlertFacts({ alert, zone }: { alert: Alert; zone: string }) {
  const { t } = useTranslation();
  const { dateTime, duration } = useFormats();
  const nameOf = useNames();
  const valueOf = (name: string, value: unknown) => {
    if (name === "problem") return t(`van_report.problem.${String(value)}`);
    if (typeof value === "object") return nameOf(value as Names);
    if (name.endsWith("_s")) return duration(Number(value));
    return name.endsWith("_at") ? dateTime(String(value), zone) : String(value);
  };
  const given = SHOWN.filter((name) => (alert.details[name] ?? null) !== null);

  return (
    <dl className={classes.facts}>
      <dt>{t("alert.since")}</dt>
      <dd>{dateTime(alert.since_at, zone)}</dd>
      <dt>{t("alert.raised")}</dt>
      <dd>{dateTime(alert.raised_at, zone)}</dd>
      {given.map((name) => (
        <div key={name} className={classes.fact}>
          <dt>{t(`alert.detail.${name}`)}</dt>
          <dd>{valueOf(name, alert.details[name])}</dd>
        </div>
      ))}
      {alert.acknowledged_by && (
        <>
          <dt>{t("alert.by")}</dt>
          <dd>{alert.acknowledged_by.full_name}</dd>
        </>
      )}
    </dl>
  );
}
