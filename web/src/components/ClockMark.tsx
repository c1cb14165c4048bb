import { useTranslation } from "react-i18next";
import type { DeadlineClock } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Marks.module.css";
import { Shape } from "./Shape";
import { useNow } from "./useNow";

const DAY_MS = 86_400_000;
const TICK_MS = 10_000;

/** A deadline's countdown: left, overdue or met, in colour, shape and word. */
export function ClockMark({ clock, zone }: { clock: DeadlineClock; zone?: string }) {
  const { t } = useTranslation();
  const { dateTime, duration } = useFormats();
  const leftMs = Date.parse(clock.due_at) - useNow(TICK_MS);
  const name = t(`clock.${clock.kind}`);

  if (clock.met_at) {
    return (
      <span className={classes.mark} data-tone="restored">
        <Shape name="check" />
        {name}: {t("clock.met", { at: dateTime(clock.met_at, zone) })}
      </span>
    );
  }
  const overdue = leftMs < 0;
  const left = duration(Math.abs(leftMs) / 1000);
  return (
    <span
      className={classes.mark}
      data-tone={overdue ? "critical" : leftMs < DAY_MS ? "warning" : "info"}
    >
      <Shape name={overdue ? "octagon" : leftMs < DAY_MS ? "triangle" : "circle"} />
      {name}: {t(overdue ? "clock.overdue" : "clock.left", { left })}
    </span>
  );
}
