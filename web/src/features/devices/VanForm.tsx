import { Button, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDeviceDeed } from "@/api/queries/devices";
import { useOffices } from "@/api/queries/places";
import type { Region, VanIn, VanSetup } from "@/api/types";
import { NamesFields } from "@/components/NamesFields";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";
import { BaseFields } from "./BaseFields";

const NEW: VanIn = {
  plate: "",
  name: { kk: "", ru: "", en: "" },
  region_id: "",
  report_interval_s: 30,
  stop_interval_s: 3600,
  speed_limit_km_h: 110,
  office_id: null,
  base: null,
  base_radius_m: 300,
};

function startOf(van: VanSetup | undefined): VanIn {
  if (!van) return NEW;
  const { plate, name, region_id, office_id, base, base_radius_m } = van;
  const { report_interval_s, stop_interval_s, speed_limit_km_h } = van;
  return {
    plate,
    name,
    region_id,
    report_interval_s,
    stop_interval_s,
    speed_limit_km_h,
    office_id,
    base,
    base_radius_m,
  };
}

interface Props {
  van?: VanSetup;
  regions: readonly Region[];
  onDone: () => void;
}

/** A van: its plate and name, where it is at home, how often its tracker reports. */
export function VanForm({ van, regions, onDone }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: offices } = useOffices();
  const deed = useDeviceDeed();
  const [draft, setDraft] = useState(() => startOf(van));
  const change = (part: Partial<VanIn>) => setDraft((before) => ({ ...before, ...part }));
  const number = (
    label: string,
    key: "report_interval_s" | "stop_interval_s" | "speed_limit_km_h" | "base_radius_m",
    [min, max]: [number, number],
  ) => (
    <NumberInput
      required
      label={label}
      min={min}
      max={max}
      value={draft[key] ?? min}
      onChange={(value) => change({ [key]: Number(value) })}
    />
  );

  return (
    <form
      className={screen.form}
      data-testid="van-form"
      onSubmit={(event) => {
        event.preventDefault();
        deed.mutate(van ? { van: draft, id: van.id } : { van: draft }, { onSuccess: onDone });
      }}
    >
      <div className={screen.fields}>
        <TextInput
          required
          autoFocus
          maxLength={20}
          label={t("device.plate")}
          value={draft.plate}
          data-testid="van-plate"
          onChange={(event) => change({ plate: event.currentTarget.value })}
        />
        <NamesFields names={draft.name} onChange={(name) => change({ name })} testId="van-name" />
        <Select
          required
          searchable
          label={t("plan.region")}
          value={draft.region_id || null}
          data={regions.map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          data-testid="van-region"
          onChange={(region_id) => change({ region_id: region_id ?? "" })}
        />
        <Select
          clearable
          searchable
          label={t("device.office")}
          value={draft.office_id ?? null}
          data={(offices ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(office_id) => change({ office_id })}
        />
        {number(t("device.report_interval"), "report_interval_s", [1, 3600])}
        {number(t("device.stop_interval"), "stop_interval_s", [1, 86_400])}
        {number(t("device.speed_limit"), "speed_limit_km_h", [20, 200])}
        <BaseFields base={draft.base ?? null} onChange={(base) => change({ base })} />
        {draft.base && number(t("device.base_radius"), "base_radius_m", [50, 5000])}
      </div>
      {deed.error && <ProblemNote error={deed.error} />}
      <Group gap="xs">
        <Button
          type="submit"
          size="compact-sm"
          disabled={!draft.region_id}
          loading={deed.isPending}
          data-testid="van-save"
        >
          {t("plan.save")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
    </form>
  );
}
