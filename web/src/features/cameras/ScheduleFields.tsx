import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Cameras.module.css";
import { SCHEDULE_KINDS, type HoursDraft, type ScheduleDraft } from "./schedule";

interface Props {
  schedule: ScheduleDraft;
  onChange: (schedule: ScheduleDraft) => void;
}

const WEEK = ["1", "2", "3", "4", "5", "6", "7"];
const WORKING: HoursDraft = { weekday: 1, starts_at: "08:00", ends_at: "20:00" };

/** When a camera is recorded. */
export function ScheduleFields({ schedule, onChange }: Props) {
  const { t } = useTranslation();
  const { kind, hours } = schedule;
  const change = (at: number, part: Partial<HoursDraft>) =>
    onChange({ kind, hours: hours.map((each, n) => (n === at ? { ...each, ...part } : each)) });
  const next = () => {
    const last = hours.at(-1);
    return last ? { ...last, weekday: (last.weekday % 7) + 1 } : WORKING;
  };
  return (
    <>
      <Select
        label={t("camera.schedule.title")}
        allowDeselect={false}
        value={kind}
        data-testid="camera-schedule"
        data={SCHEDULE_KINDS.map((value) => ({ value, label: t(`camera.schedule.${value}`) }))}
        onChange={(value) => {
          const chosen = value as ScheduleDraft["kind"];
          onChange({
            kind: chosen,
            hours: chosen === "hours" && !hours.length ? [WORKING] : hours,
          });
        }}
      />
      {kind === "hours" &&
        hours.map(({ weekday, starts_at, ends_at }, at) => (
          <Group key={at} align="end" gap="xs">
            <Select
              label={t("camera.schedule.weekday")}
              allowDeselect={false}
              value={String(weekday)}
              data={WEEK.map((day) => ({ value: day, label: t(`weekday.${day}`) }))}
              onChange={(day) => change(at, { weekday: Number(day) })}
            />
            <TextInput
              type="time"
              required
              label={t("camera.schedule.from")}
              value={starts_at}
              onChange={(event) => change(at, { starts_at: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              required
              label={t("camera.schedule.to")}
              value={ends_at}
              onChange={(event) => change(at, { ends_at: event.currentTarget.value })}
            />
            {hours.length > 1 && (
              <Button
                variant="default"
                onClick={() => onChange({ kind, hours: hours.filter((_, n) => n !== at) })}
              >
                {t("camera.schedule.remove")}
              </Button>
            )}
          </Group>
        ))}
      {kind === "hours" && (
        <Group gap="sm">
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => onChange({ kind, hours: [...hours, next()] })}
          >
            {t("camera.schedule.add")}
          </Button>
          <Text size="sm" className={classes.grow} c="dark.1">
            {t("camera.schedule.hint")}
          </Text>
        </Group>
      )}
    </>
  );
}
