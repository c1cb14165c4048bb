import { Chip, Group, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { GeofenceIn } from "@/api/types";

type Hours = NonNullable<GeofenceIn["hours"]>;

/** On which days and from when to when a fence is watched. */
export function HoursFields({ hours, onChange }: { hours: Hours; onChange: (h: Hours) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Chip.Group
        multiple
        value={hours.weekdays.map(String)}
        onChange={(days) => {
          if (days.length > 0) onChange({ ...hours, weekdays: days.map(Number) });
        }}
      >
        <Group gap={6} role="group" aria-label={t("timetable.weekdays")}>
          {[1, 2, 3, 4, 5, 6, 7].map((n) => (
            <Chip key={n} value={String(n)} size="sm">
              {t(`timetable.weekday.${n}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <TextInput
        required
        type="time"
        label={t("fence.begins")}
        value={hours.from.slice(0, 5)}
        onChange={(event) => onChange({ ...hours, from: event.currentTarget.value })}
      />
      <TextInput
        required
        type="time"
        label={t("fence.ends")}
        value={hours.to.slice(0, 5)}
        onChange={(event) => onChange({ ...hours, to: event.currentTarget.value })}
      />
    </>
  );
}
