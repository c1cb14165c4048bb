import { useTranslation } from "react-i18next";
import type { TripNow } from "@/api/types";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Map.module.css";

const AHEAD: readonly string[] = ["planned", "passed"];

/**
 * The trip a van is on: its route, the next stop, when it was planned and when it is expected.
 *
 * Of the past only the route is told: what was next then, the board of that day knows.
 */
export function VanTrip({ trip, isPast }: { trip: TripNow; isPast: boolean }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { time } = useFormats();
  const minutes = (moment: string) => time(moment, DEFAULT_ZONE, false);
  const here = trip.visits.find(({ arrived_at, departed_at }) => arrived_at && !departed_at);
  const ahead = trip.visits.filter(({ state }) => AHEAD.includes(state));
  // What has no estimate while others have one was passed unheard.
  const next = ahead.find(({ expected_at }) => expected_at) ?? ahead[0];
  const lateMin =
    next?.expected_at &&
    Math.round((Date.parse(next.expected_at) - Date.parse(next.planned_arrival_at)) / 60_000);
  const route = (
    <>
      <dt>{t("map.route")}</dt>
      <dd>{nameOf(trip.route_name)}</dd>
    </>
  );
  if (isPast) return route;
  return (
    <>
      {route}
      {here && (
        <>
          <dt>{t("map.stands_at")}</dt>
          <dd>
            {nameOf(here.name)}, {here.arrived_at && minutes(here.arrived_at)}
          </dd>
        </>
      )}
      {next && (
        <>
          <dt>{t("map.next_stop")}</dt>
          <dd data-testid="next-stop">
            {nameOf(next.name)}, {t("map.planned_at", { at: minutes(next.planned_arrival_at) })}
            {next.expected_at && (
              <strong className={classes.expected} data-late={Number(lateMin) > 15}>
                {t("map.expected_at", { at: minutes(next.expected_at) })}
              </strong>
            )}
          </dd>
        </>
      )}
    </>
  );
}
