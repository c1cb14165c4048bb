import { Button, Checkbox, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveRules } from "@/api/queries/rules";
import type { VanRules } from "@/api/types";
import { HoursFields } from "@/components/HoursFields";
import { ProblemNote } from "@/components/ProblemNote";
import { NO_RULES, NUMBERS } from "@/components/vanRules";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";

const MINUTE_S = 60;

interface Props {
  vehicleId: string | null;
  start: VanRules;
  /** What holds where nothing is said here. */
  wider: VanRules;
  fixed: boolean;
}

/** The numbers of the fleet or of a van; an empty field takes the wider word. */
export function RulesForm({ vehicleId, start, wider, fixed }: Props) {
  const { t } = useTranslation();
  const { number } = useFormats();
  const save = useSaveRules();
  const [draft, setDraft] = useState(start);
  const change = (part: Partial<VanRules>) => {
    save.reset();
    setDraft((before) => ({ ...before, ...part }));
  };
  const hours = draft.working_hours ?? null;
  const usual = wider.working_hours;

  return (
    <form
      className={screen.form}
      data-testid="rules-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ vehicleId, rules: draft });
      }}
    >
      <div className={screen.fields}>
        {NUMBERS.map((name) => (
          <NumberInput
            key={name}
            disabled={fixed}
            min={1}
            max={1440}
            allowDecimal={false}
            label={t(`rule.${name}`)}
            placeholder={t("rule.usual", { n: number((wider[name] ?? 0) / MINUTE_S) })}
            value={draft[name] === null || draft[name] === undefined ? "" : draft[name] / MINUTE_S}
            data-testid={`rule-${name}`}
            onChange={(value) =>
              change({ [name]: value === "" ? null : Math.round(Number(value) * MINUTE_S) })
            }
          />
        ))}
      </div>
      <Checkbox
        disabled={fixed}
        label={t("rule.own_hours")}
        checked={hours !== null}
        onChange={(event) =>
          change({ working_hours: event.currentTarget.checked ? (usual ?? null) : null })
        }
      />
      {hours ? (
        <div className={screen.fields}>
          <HoursFields hours={hours} onChange={(working_hours) => change({ working_hours })} />
        </div>
      ) : (
        usual && (
          <p className={screen.dim}>
            {t("rule.hours")}: {usual.weekdays.map((n) => t(`timetable.weekday.${n}`)).join(", ")}{" "}
            {usual.from.slice(0, 5)}–{usual.to.slice(0, 5)}
          </p>
        )
      )}
      {save.error && <ProblemNote error={save.error} />}
      {!fixed && (
        <Group gap="xs">
          <Button type="submit" size="compact-sm" loading={save.isPending} data-testid="rules-save">
            {t("plan.save")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => change(NO_RULES)}>
            {t("rule.reset")}
          </Button>
          <span role="status" className={screen.status}>
            {save.isSuccess && t("rule.saved")}
          </span>
        </Group>
      )}
    </form>
  );
}
