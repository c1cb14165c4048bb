import { Button, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useArchiveTimetable, useTimetables } from "@/api/queries/plans";
import { useCan } from "@/api/queries/session";
import { ArchiveButton } from "@/components/ArchiveButton";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { readNow } from "@/components/useNow";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE, inputValues } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";
import { TimetableForm } from "./TimetableForm";

/** Every timetable by van; trips are made from them two weeks ahead. */
export function TimetablesScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const { day } = useFormats();
  const timetables = useTimetables();
  const archive = useArchiveTimetable();
  const [today] = useState(() => inputValues(readNow(), DEFAULT_ZONE).day);
  const [edited, setEdited] = useState<string>();
  const [typed, setTyped] = useState("");
  const rows = (timetables.data ?? []).filter(({ plate, route }) =>
    matches(typed, [plate, ...Object.values(route.name)]),
  );

  return (
    <div className={screen.screen} data-testid="timetables">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.timetables")}
        </Title>
        {can("vans.plan") && edited === undefined && (
          <Button size="compact-sm" data-testid="timetable-add" onClick={() => setEdited("new")}>
            {t("timetable.add")}
          </Button>
        )}
        <TextInput
          className={screen.search}
          size="xs"
          placeholder={t("plan.find")}
          aria-label={t("plan.find")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {edited === "new" && <TimetableForm today={today} onDone={() => setEdited(undefined)} />}
      {timetables.error && <ProblemNote error={timetables.error} />}
      {archive.error && <ProblemNote error={archive.error} />}
      {timetables.isLoading && <Loading />}
      {timetables.data?.length === 0 && <p>{t("timetable.none")}</p>}
      <ul className={screen.list} aria-label={t("plan.timetables")}>
        {rows.map((one) => (
          <li key={one.id} className={screen.row} data-testid="timetable-row">
            <strong>{one.plate}</strong>
            <span>{nameOf(one.route.name)}</span>
            <span className={classes.start}>{one.starts_at.slice(0, 5)}</span>
            <span>{one.weekdays.map((n) => t(`timetable.weekday.${n}`)).join(", ")}</span>
            <span>
              {one.every_weeks === 1
                ? t("timetable.weekly")
                : t("timetable.every", { n: one.every_weeks })}
            </span>
            <span className={screen.dim}>
              {t("timetable.since", { day: day(one.valid_from) })}
              {one.valid_until && `, ${t("timetable.until", { day: day(one.valid_until) })}`}
            </span>
            {can("vans.plan") && (
              <span className={screen.acts}>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-expanded={edited === one.id}
                  data-testid="timetable-change"
                  onClick={() => setEdited(edited === one.id ? undefined : one.id)}
                >
                  {t("plan.change")}
                </Button>
                <ArchiveButton
                  busy={archive.isPending}
                  hint={t("timetable.archive_hint")}
                  onArchive={() => archive.mutate(one.id)}
                />
              </span>
            )}
            {edited === one.id && (
              <div className={classes.within}>
                <TimetableForm timetable={one} today={today} onDone={() => setEdited(undefined)} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
