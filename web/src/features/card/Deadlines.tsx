import { useTranslation } from "react-i18next";
import type { DeadlineClock } from "@/api/types";
import { ClockMark } from "@/components/ClockMark";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";

/** Both clocks with the reason for their dates: the days that did not count, by name. */
export function Deadlines({ clocks, zone }: { clocks: readonly DeadlineClock[]; zone: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime, day } = useFormats();
  return (
    <div className={classes.deadlines}>
      {clocks.map((clock) => (
        <details key={clock.kind} data-testid={`clock-${clock.kind}`}>
          <summary>
            <ClockMark clock={clock} zone={zone} />
            <span className={classes.dim}>
              {t("clock.due", { at: dateTime(clock.due_at, zone) })}
            </span>
          </summary>
          <p>
            {t(clock.working_days ? "clock.rule_working" : "clock.rule_calendar", {
              registered: day(clock.explanation.registered_on),
              n: clock.days,
            })}
          </p>
          {clock.explanation.skipped.length > 0 && (
            <>
              <p>{t("clock.skipped")}:</p>
              <ul>
                {clock.explanation.skipped.map((skipped) => (
                  <li key={skipped.date}>
                    {day(skipped.date)} — {nameOf(skipped.reason)}
                  </li>
                ))}
              </ul>
            </>
          )}
        </details>
      ))}
    </div>
  );
}
