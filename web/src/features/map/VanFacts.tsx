import { useTranslation } from "react-i18next";
import type { Vehicle, VehiclePosition } from "@/api/types";
import { useNow } from "@/components/useNow";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Map.module.css";
import type { Sight } from "./replay";
import { guesses } from "./vans";

/** Where a van was last heard; the age ticks, so that an old place is never taken for now. */
export function FactsNow({ van, position }: { van: Vehicle; position: VehiclePosition }) {
  const { t } = useTranslation();
  const { time, duration, number } = useFormats();
  const now = useNow();
  const { speed_km_h, course_deg, accuracy_m, fixed_at } = position;
  const isGuessed = guesses([van], now).features.length > 0;

  return (
    <>
      <dt>{t("map.fix_age")}</dt>
      <dd data-testid="van-age">
        {time(fixed_at)} · {t("alert.age", { age: duration((now - Date.parse(fixed_at)) / 1000) })}
        {isGuessed && <span className={classes.guessed}>{t("map.guessed")}</span>}
      </dd>
      <Speed km_h={speed_km_h} />
      {course_deg !== null && <Course degrees={course_deg} />}
      {accuracy_m !== null && (
        <>
          <dt>{t("map.accuracy")}</dt>
          <dd>{t("map.accuracy_value", { n: number(accuracy_m) })}</dd>
        </>
      )}
    </>
  );
}

/** Where a van was at the replayed moment, and how old that was then. */
export function FactsThen({ moment, sight }: { moment: number; sight: Sight | null }) {
  const { t } = useTranslation();
  const { dateTime, time, duration } = useFormats();
  return (
    <>
      <dt>{t("map.past_card")}</dt>
      <dd>{dateTime(moment)}</dd>
      <dt>{t("map.fix_age")}</dt>
      <dd data-testid="van-age-then">
        {sight
          ? `${time(moment - sight.ageS * 1000)} · ${t("alert.age", { age: duration(sight.ageS) })}`
          : t("map.not_heard_then")}
      </dd>
      {sight && <Speed km_h={sight.speedKmH} />}
      {sight && sight.courseDeg !== null && <Course degrees={sight.courseDeg} />}
    </>
  );
}

function Speed({ km_h }: { km_h: number | null }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  if (km_h === null) return null;
  return (
    <>
      <dt>{t("map.speed")}</dt>
      <dd>{t("map.speed_value", { n: number(km_h) })}</dd>
    </>
  );
}

function Course({ degrees }: { degrees: number }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  return (
    <>
      <dt>{t("map.course")}</dt>
      <dd>
        {number(degrees)}°{" "}
        <span className={classes.arrow} style={{ rotate: `${degrees}deg` }} aria-hidden>
          ↑
        </span>
      </dd>
    </>
  );
}
