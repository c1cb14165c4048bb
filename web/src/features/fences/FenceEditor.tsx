import { Alert, Button, Checkbox, Group, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveGeofence } from "@/api/queries/geofences";
import { useVehicles } from "@/api/queries/places";
import { useRegions } from "@/api/queries/users";
import type { Geofence, GeofenceIn } from "@/api/types";
import { HoursFields } from "@/components/HoursFields";
import { NamesFields } from "@/components/NamesFields";
import { ProblemNote } from "@/components/ProblemNote";
import { SketchMap } from "@/components/SketchMap";
import { SketchTools } from "@/components/SketchTools";
import { useHistory } from "@/components/useHistory";
import { useSketch } from "@/components/useSketch";
import type { Corner } from "@/components/sketch";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";

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
  const history = useHistory(startOf(fence));
  const { now: draft, amend } = history;
  const [missing, setMissing] = useState(false);
  const change = (part: Partial<GeofenceIn>) => amend((before) => ({ ...before, ...part }));
  const sketch = useSketch(
    history,
    { of: ({ polygon }) => polygon, put: (before, polygon) => ({ ...before, polygon }) },
    true,
  );

  return (
    <form
      className={screen.editor}
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
      <div className={screen.fields}>
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
      <div className={screen.stage}>
        <Group gap="xs">
          <SketchTools
            chosen={sketch.chosen}
            undoable={history.undoable}
            onRemove={sketch.deeds.remove}
            onUndo={history.undo}
            onClear={sketch.clear}
          />
        </Group>
        <SketchMap
          closed
          corners={draft.polygon}
          chosen={sketch.chosen}
          fit={fence?.id}
          deeds={sketch.deeds}
        />
      </div>
    </form>
  );
}
