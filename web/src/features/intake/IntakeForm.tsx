import { Button, Group, Select, Textarea, TextInput } from "@mantine/core";
import { useEffect, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Office, ServiceCode } from "@/api/types";
import { Chips } from "@/components/Chips";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { useNames } from "@/i18n";
import { CHANNELS, WITHIN_MINUTES, type Channel, type Draft, type Mistakes } from "./form";
import classes from "./Intake.module.css";
import { OfficePicker } from "./OfficePicker";
import { WhenPicker } from "./WhenPicker";

interface Props {
  draft: Draft;
  offices: readonly Office[];
  office: Office | null;
  codes: readonly ServiceCode[];
  zone: string;
  mistakes: Mistakes;
  busy: boolean;
  problem: Error | null;
  onChange: (part: Partial<Draft>) => void;
  onSubmit: () => void;
}

const FIRST_FIELD = "intake-office";

/** Everything can be done by keyboard: Tab from field to field, Ctrl+Enter to register. */
export function IntakeForm(props: Props) {
  const { draft, office, codes, mistakes, onChange, onSubmit } = props;
  const { t } = useTranslation();
  const nameOf = useNames();
  const said = (key: string | undefined) => (key ? t(key) : undefined);

  useEffect(() => document.getElementById(FIRST_FIELD)?.focus(), []);
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSubmit();
    }
  };

  return (
    <form
      className={classes.form}
      data-testid="complaint-form"
      noValidate
      onKeyDown={pressed}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <OfficePicker
        inputId={FIRST_FIELD}
        offices={props.offices}
        chosen={office}
        error={said(mistakes.office)}
        onChoose={(officeId) => onChange({ officeId, windowNumber: null })}
      />
      <Chips
        label={t("intake.window")}
        testId="complaint-window"
        value={draft.windowNumber}
        choices={[
          { value: null, label: t("intake.window_unknown") },
          ...(office?.windows ?? []).map(({ number }) => ({
            value: number,
            label: String(number),
          })),
        ]}
        onChange={(windowNumber) => onChange({ windowNumber })}
      />
      <WhenPicker draft={draft} zone={props.zone} error={said(mistakes.when)} onChange={onChange} />
      <Chips
        label={t("intake.within")}
        testId="complaint-within"
        value={draft.withinMinutes}
        choices={WITHIN_MINUTES.map((n) => ({ value: n, label: t("intake.within_value", { n }) }))}
        onChange={(withinMinutes) => onChange({ withinMinutes })}
      />
      <Select
        label={t("intake.category")}
        data-testid="complaint-category"
        searchable
        selectFirstOptionOnChange
        value={draft.serviceCode}
        error={said(mistakes.category)}
        data={codes.map(({ code, name }) => ({ value: code, label: nameOf(name) }))}
        filter={({ options, search }) =>
          options.filter((option) => {
            const code = codes.find((one) => "value" in option && one.code === option.value);
            return code !== undefined && matches(search, Object.values(code.name));
          })
        }
        onChange={(serviceCode) => onChange({ serviceCode })}
      />
      <Textarea
        label={t("intake.description")}
        data-testid="complaint-description"
        autosize
        minRows={3}
        value={draft.description}
        error={said(mistakes.description)}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <TextInput
          label={t("intake.caller_phone")}
          data-testid="complaint-phone"
          inputMode="tel"
          value={draft.callerPhone}
          error={said(mistakes.phone)}
          onChange={(event) => onChange({ callerPhone: event.currentTarget.value })}
        />
        <TextInput
          label={t("intake.caller_name")}
          value={draft.callerName}
          onChange={(event) => onChange({ callerName: event.currentTarget.value })}
        />
        <TextInput
          label={t("intake.ticket")}
          value={draft.ticketNumber}
          onChange={(event) => onChange({ ticketNumber: event.currentTarget.value })}
        />
        <Select
          label={t("intake.channel")}
          allowDeselect={false}
          value={draft.channel}
          data={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          onChange={(channel) => onChange({ channel: channel as Channel })}
        />
      </div>
      {props.problem && <ProblemNote error={props.problem} />}
      <Group>
        <Button type="submit" loading={props.busy} data-testid="complaint-submit">
          {t("intake.submit")}
        </Button>
        <span className={classes.hint}>{t("intake.submit_hint")}</span>
      </Group>
    </form>
  );
}
