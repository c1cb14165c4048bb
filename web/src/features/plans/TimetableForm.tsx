import { Chip, Group, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreview, useSaveTimetable } from "@/api/queries/plans";
import type { Timetable, TimetableIn } from "@/api/types";
import { DEFAULT_ZONE } from "@/i18n/formats";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";
import { PlanForm } from "./PlanForm";
import { Preview } from "./Preview";

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

const newDraft = (today: string) => ({
  route_id: "",
  vehicle_id: "",
  weekdays: ["1"],
  every_weeks: 1,
  starts_at: "09:00",
  time_zone: DEFAULT_ZONE,
  valid_from: today,
  valid_until: "",
});

const draftOf = (one: Timetable) => ({
  route_id: one.route.id,
  vehicle_id: one.vehicle_id,
  weekdays: one.weekdays.map(String),
  every_weeks: one.every_weeks,
  starts_at: one.starts_at.slice(0, 5),
  time_zone: one.time_zone,
  valid_from: one.valid_from,
  valid_until: one.valid_until ?? "",
});

interface Props {
  /** The one to change; none: a new one. */
  timetable?: Timetable;
  today: string;
  onDone: () => void;
}

/** Which van drives which route on which days; the days are shown before it is saved. */
export function TimetableForm({ timetable, today, onDone }: Props) {
  const { t } = useTranslation();
  const save = useSaveTimetable();
  const [draft, setDraft] = useState(() => (timetable ? draftOf(timetable) : newDraft(today)));
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const whole =
    draft.route_id && draft.vehicle_id && draft.weekdays.length > 0 && draft.starts_at.length === 5;
  const wanted: TimetableIn | null =
    whole && draft.valid_from
      ? {
          ...draft,
          weekdays: draft.weekdays.map(Number),
          valid_until: draft.valid_until || null,
        }
      : null;
  const preview = usePreview(wanted, timetable?.id);

  return (
    <PlanForm
      planned={draft}
      onChange={change}
      testId="timetable"
      save={t("plan.save")}
      ready={wanted !== null}
      sent={save}
      onSave={() => {
        if (wanted)
          save.mutate(timetable ? { id: timetable.id, wanted } : { wanted }, { onSuccess: onDone });
      }}
      onDone={onDone}
      fields={
        <>
          <NumberInput
            required
            min={1}
            max={8}
            allowDecimal={false}
            label={t("timetable.every_weeks")}
            value={draft.every_weeks}
            onChange={(value) => change({ every_weeks: Number(value) })}
          />
          <TextInput
            required
            type="date"
            label={t("timetable.valid_from")}
            value={draft.valid_from}
            onChange={(event) => change({ valid_from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t("timetable.valid_until")}
            value={draft.valid_until}
            onChange={(event) => change({ valid_until: event.currentTarget.value })}
          />
        </>
      }
    >
      <fieldset className={classes.weekdays}>
        <legend>{t("timetable.weekdays")}</legend>
        <Chip.Group multiple value={draft.weekdays} onChange={(weekdays) => change({ weekdays })}>
          <Group gap={6}>
            {WEEKDAYS.map((weekday) => (
              <Chip key={weekday} value={String(weekday)} size="sm">
                {t(`timetable.weekday.${weekday}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </fieldset>
      {timetable && <p className={screen.dim}>{t("timetable.change_hint")}</p>}
      <Preview preview={preview} />
    </PlanForm>
  );
}
