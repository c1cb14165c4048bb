import { Alert, Button, Checkbox, Group, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveGeofence } from "@/api/queries/geofences";
import { useVehicles } from "@/api/queries/places";
import { useRegions } from "@/api/queries/users";
import type { Geofence, GeofenceIn } from "@/api/types";
import { NamesFields } from "@/components/NamesFields";
import { ProblemNote } from "@/components/ProblemNote";
import { SketchMap } from "@/components/SketchMap";
import type { Corner } from "@/components/sketch";
import { useNames } from "@/i18n";
import classes from "./Fences.module.css";
import { HoursFields } from "./HoursFields";

const RULES = ["stay_inside", "stay_outside", "note"] as const;
const NEW: GeofenceIn = {
  name: { kk: "", ru: "", en: "" },
  region_id: null,
  polygon: [],
  rule: "stay_inside",
  buffer_m: 50,
  hold_s: 60,
  hours: null,
  vehicles: [],
};
const OFFICE_HOURS: NonNullable<GeofenceIn["hours"]> = {
  weekdays: [1, 2, 3, 4, 5],
  from: "09:00",
  to: "18:00",
  time_zone: "Asia/Almaty",
};

/** The ring of a stored area without the corner that closes it. */
const openRing = (polygon: Corner[]) => polygon.slice(0, -1);

function startOf(fence: Geofence | undefined): GeofenceIn {
  if (!fence) return NEW;
  const { name, region_id, polygon, rule, buffer_m, hold_s, hours, vehicles } = fence;
  return { name, region_id, polygon: openRing(polygon), rule, buffer_m, hold_s, hours, vehicles };
}

/** Draws an area and says what is told of it, when and of which vans. */
export function FenceEditor({
  fence,
  onDone,
}: {
  fence: Geofence | undefined;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: regions } = useRegions();
  const { data: vans } = useVehicles();
  const save = useSaveGeofence();
  const [draft, setDraft] = useState(() => startOf(fence));
  const [missing, setMissing] = useState(false);
  const change = (part: Partial<GeofenceIn>) => setDraft((before) => ({ ...before, ...part }));

  return (
    <form
      className={classes.editor}
      data-testid="fence-form"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(draft.polygon.length < 3);
        if (draft.polygon.length < 3) return;
        save.mutate(fence ? { id: fence.id, fence: draft } : { fence: draft }, {
          onSuccess: onDone,
        });
      }}
    >
      <div className={classes.fields}>
        <NamesFields names={draft.name} onChange={(name) => change({ name })} />
        <Select
          allowDeselect={false}
          label={t("fence.rule")}
          value={draft.rule}
          data={RULES.map((value) => ({ value, label: t(`fence.rules.${value}`) }))}
          onChange={(rule) => change({ rule: rule as GeofenceIn["rule"] })}
        />
        <Select
          clearable
          searchable
          label={t("plan.region")}
          placeholder={t("plan.all_regions")}
          value={draft.region_id ?? null}
          data={(regions ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(region_id) => change({ region_id, vehicles: [] })}
        />
        <MultiSelect
          searchable
          label={t("fence.vehicles")}
          value={draft.vehicles ?? []}
          data={(vans ?? [])
            .filter(({ region_id }) => !draft.region_id || region_id === draft.region_id)
            .map(({ id, plate }) => ({ value: id, label: plate }))}
          onChange={(vehicles) => change({ vehicles })}
        />
        <NumberInput
          label={t("fence.buffer")}
          min={0}
          max={5000}
          value={draft.buffer_m ?? 50}
          onChange={(value) => change({ buffer_m: Number(value) })}
        />
        <NumberInput
          label={t("fence.hold")}
          min={0}
          max={3600}
          value={draft.hold_s ?? 60}
          onChange={(value) => change({ hold_s: Number(value) })}
        />
        <Checkbox
          label={t("fence.hours")}
          checked={draft.hours !== null}
          onChange={(event) => change({ hours: event.currentTarget.checked ? OFFICE_HOURS : null })}
        />
        {draft.hours && <HoursFields hours={draft.hours} onChange={(hours) => change({ hours })} />}
        {missing && <Alert color="red">{t("fence.area_missing")}</Alert>}
        {save.error && <ProblemNote error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending} data-testid="fence-save">
            {t("plan.save")}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t("app.cancel")}
          </Button>
        </Group>
      </div>
      <div className={classes.stage}>
        <Group gap="xs" mb={6}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => change({ polygon: draft.polygon.slice(0, -1) })}
          >
            {t("plan.undo")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => change({ polygon: [] })}>
            {t("plan.clear")}
          </Button>
        </Group>
        <SketchMap
          closed
          corners={draft.polygon}
          fit={fence?.id}
          onAdd={(corner) =>
            setDraft((before) => ({ ...before, polygon: [...before.polygon, corner] }))
          }
          onMove={(index, corner) =>
            setDraft((before) => ({
              ...before,
              polygon: before.polygon.map((one, at) => (at === index ? corner : one)),
            }))
          }
        />
      </div>
    </form>
  );
}
