import { Input, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Chips } from "@/components/Chips";
import { inputValues } from "@/i18n/formats";
import { MINUTES_AGO, type Draft } from "./form";
import classes from "./Intake.module.css";

interface Props {
  draft: Draft;
  zone: string;
  error: string | undefined;
  onChange: (part: Partial<Draft>) => void;
}

/** The stated time: a chip for the near past, or a day and time on the office's clock. */
export function WhenPicker({ draft, zone, error, onChange }: Props) {
  const { t } = useTranslation();
  const choose = (minutesAgo: number | null) => {
    if (minutesAgo !== null) return onChange({ minutesAgo });
    const { day, time } = inputValues(Date.now(), zone);
    onChange({ minutesAgo, day, time: time.slice(0, 5) });
  };

  return (
    <div>
      <Chips
        label={t("intake.when")}
        testId="complaint-when"
        value={draft.minutesAgo}
        choices={[
          ...MINUTES_AGO.map((n) => ({
            value: n as number | null,
            label: n === 0 ? t("intake.now") : t("intake.minutes_ago", { n }),
          })),
          { value: null, label: t("intake.custom") },
        ]}
        onChange={choose}
      />
      {draft.minutesAgo === null && (
        <div className={classes.pair}>
          <TextInput
            type="date"
            mt={6}
            label={t("intake.date")}
            value={draft.day}
            onChange={(event) => onChange({ day: event.currentTarget.value })}
          />
          <TextInput
            mt={6}
            label={t("intake.time")}
            placeholder="14:02"
            data-testid="complaint-time"
            value={draft.time}
            onChange={(event) => onChange({ time: event.currentTarget.value })}
          />
        </div>
      )}
      {error && <Input.Error mt={4}>{error}</Input.Error>}
    </div>
  );
}
