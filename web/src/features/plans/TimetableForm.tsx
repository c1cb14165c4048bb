import { Button, Chip, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddTimetable, usePreview, useRoutes } from "@/api/queries/plans";
import { useVehicles } from "@/api/queries/places";
import type { TimetableIn } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Plans.module.css";

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const SHOWN_DAYS = 12;

/** Which van drives which route on which days; the days are shown before it is saved. */
export function TimetableForm({ today, onDone }: { today: string; onDone: () => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { day, time } = useFormats();
  const routes = useRoutes();
  const vehicles = useVehicles();
  const add = useAddTimetable();
  const [draft, setDraft] = useState({
    route_id: "",
    vehicle_id: "",
    weekdays: ["1"],
    every_weeks: 1,
    starts_at: "09:00",
    valid_from: today,
    valid_until: "",
  });
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const whole =
    draft.route_id && draft.vehicle_id && draft.weekdays.length > 0 && draft.starts_at.length === 5;
  const timetable: TimetableIn | null =
    whole && draft.valid_from
      ? {
          ...draft,
          weekdays: draft.weekdays.map(Number),
          time_zone: "Asia/Almaty",
          valid_until: draft.valid_until || null,
        }
      : null;
  const preview = usePreview(timetable);

  return (
    <form
      className={classes.form}
      data-testid="timetable-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (timetable) add.mutate(timetable, { onSuccess: onDone });
      }}
    >
      <div className={classes.fields}>
        <Select
          required
          searchable
          label={t("plan.vehicle")}
          value={draft.vehicle_id || null}
          data={(vehicles.data ?? []).map(({ id, plate }) => ({ value: id, label: plate }))}
          data-testid="timetable-van"
          onChange={(id) => change({ vehicle_id: id ?? "" })}
        />
        <Select
          required
          searchable
          label={t("plan.route")}
          value={draft.route_id || null}
          data={(routes.data ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          data-testid="timetable-route"
          onChange={(id) => change({ route_id: id ?? "" })}
        />
        <TextInput
          required
          type="time"
          label={t("plan.starts_at")}
          value={draft.starts_at}
          onChange={(event) => change({ starts_at: event.currentTarget.value })}
        />
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
      </div>
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
      {preview.error && <ProblemNote error={preview.error} />}
      {preview.data && (
        <section aria-live="polite" data-testid="timetable-preview">
          <h3 className={classes.plate}>
            {t("timetable.preview")}{" "}
            <span className={classes.dim}>
              {t("timetable.preview_all", { n: preview.data.length })}
            </span>
          </h3>
          {preview.data.length === 0 && <p>{t("timetable.preview_none")}</p>}
          <ol className={classes.days}>
            {preview.data.slice(0, SHOWN_DAYS).map((one) => (
              <li key={one.start_at} data-taken={one.taken}>
                {day(one.service_date)}
                <span className={classes.dim}>
                  {time(one.start_at, undefined, false)}–{time(one.end_at, undefined, false)}
                </span>
                {one.taken && <span className={classes.reason}>{t("timetable.taken")}</span>}
              </li>
            ))}
          </ol>
        </section>
      )}
      {add.error && <ProblemNote error={add.error} />}
      <Group>
        <Button type="submit" disabled={!timetable} loading={add.isPending}>
          {t("plan.save")}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
    </form>
  );
}
