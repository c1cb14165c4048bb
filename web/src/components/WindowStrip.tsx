import { useTranslation } from "react-i18next";
import type { PresenceDay } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import { placed } from "./strip";
import classes from "./WindowStrip.module.css";

interface Props {
  day: PresenceDay;
  windowId: string;
  zone: string;
}

/** A window's day as one strip: staffed, empty, and nothing where nobody could see. */
export function WindowStrip({ day, windowId, zone }: Props) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const spans = placed(day, windowId);
  return (
    <span className={classes.strip} role="img" aria-label={t("strip.title")} data-window={windowId}>
      {spans.map(({ state, started_at, ended_at, left, width }) => (
        <span
          key={started_at}
          className={classes.span}
          data-state={state}
          style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
          title={t("strip.legend", {
            state: t(`presence.${state}`),
            from: time(started_at, zone, false),
            to: time(ended_at, zone, false),
          })}
        />
      ))}
    </span>
  );
}
