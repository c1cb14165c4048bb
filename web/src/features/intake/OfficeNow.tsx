import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { usePresence } from "@/api/queries/places";
import type { Office } from "@/api/types";
import { WaitingNote } from "@/components/WaitingNote";
import { WindowStrip } from "@/components/WindowStrip";
import { useNow } from "@/components/useNow";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Intake.module.css";

/** What the office that the caller speaks of is like now: its queue, and who is at the windows. */
export function OfficeNow({ office }: { office: Office }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { time, number } = useFormats();
  const now = useNow();
  const day = usePresence(office.id).data;
  return (
    <aside className={classes.office} data-testid="office-now">
      <Title order={2} size="h5">
        {nameOf(office.name)}
      </Title>
      <span className={classes.hint}>
        {[nameOf(office.region.name), office.address].filter(Boolean).join(" · ")}
      </span>
      {office.phone && <a href={`tel:${office.phone}`}>{office.phone}</a>}
      <span>
        {time(now, office.time_zone, false)} · {t("queue.label")}{" "}
        <b>{office.queue === null ? t("queue.unknown") : number(office.queue)}</b>
      </span>
      <div className={classes.hint}>
        <WaitingNote waiting={office.waiting} />
      </div>
      <ul className={classes.windows}>
        {office.windows.map(({ id, number: n, owner, open_now, presence }) => {
          const state = open_now ? (presence?.state ?? "unknown") : "closed";
          return (
            <li key={id} data-state={state}>
              <b>{t("office.window", { n })}</b>
              <span>{t(`office.owner.${owner}`)}</span>
              <span className={classes.state}>{t(`presence.${state}`)}</span>
              {day && (
                <span className={classes.day}>
                  <WindowStrip day={day} windowId={id} zone={office.time_zone} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
