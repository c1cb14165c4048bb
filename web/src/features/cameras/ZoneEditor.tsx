import { Button, Group, NumberInput, Select, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReplaceZones, useStill } from "@/api/queries/cameras";
import { useCan } from "@/api/queries/session";
import type { Camera, Office, ZoneKind } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { ZoneCanvas } from "./ZoneCanvas";
import classes from "./Zones.module.css";
import {
  drawn,
  hasAnchor,
  KINDS,
  LIMITED,
  mistake,
  newZone,
  toSend,
  type DrawnZone,
} from "./zones";

export function ZoneEditor({ camera, office }: { camera: Camera; office: Office | null }) {
  const { t } = useTranslation();
  const mayWatch = useCan()("live.view");
  const still = useStill(camera.id, mayWatch);
  const save = useReplaceZones(camera.id);
  const [zones, setZones] = useState(() => drawn(camera.zones));
  const [chosen, setChosen] = useState(zones[0]?.key ?? null);
  const [added, setAdded] = useState(0);
  const zone = zones.find(({ key }) => key === chosen);
  const wrong = mistake(zones);

  const change = (key: string, part: Partial<DrawnZone>) =>
    setZones((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const titleOf = ({ kind, window_id, name }: DrawnZone) => {
    const window = office?.windows.find(({ id }) => id === window_id);
    return [
      t(`camera.zone.kinds.${kind}`),
      window && t("office.window", { n: window.number }),
      name,
    ]
      .filter(Boolean)
      .join(" · ");
  };
  const add = () => {
    const fresh = newZone(`new-${added}`);
    setAdded(added + 1);
    setZones([...zones, fresh]);
    setChosen(fresh.key);
  };
  const drop = () => {
    const rest = zones.filter(({ key }) => key !== chosen);
    setZones(rest);
    setChosen(rest[0]?.key ?? null);
  };

  return (
    <section className={classes.editor} aria-label={t("camera.zone.title")} data-testid="zones">
      <Text size="sm" c="dark.1">
        {t(mayWatch ? "camera.zone.hint" : "camera.zone.hint_blurred")}
      </Text>
      {still.error && <ProblemNote error={still.error} onRetry={() => void still.refetch()} />}
      <div className={classes.split}>
        <ZoneCanvas
          still={still.data ?? null}
          zones={zones}
          chosen={chosen}
          onChoose={setChosen}
          onChange={(key, polygon) => change(key, { polygon })}
        />
        <div className={classes.side}>
          <div className={classes.list} role="listbox" aria-label={t("camera.zone.title")}>
            {zones.map((each) => (
              <button
                key={each.key}
                type="button"
                role="option"
                aria-selected={each.key === chosen}
                className={classes.row}
                data-kind={each.kind}
                onClick={() => setChosen(each.key)}
              >
                {titleOf(each)}
              </button>
            ))}
          </div>
          <Button variant="default" size="compact-md" onClick={add} data-testid="zone-add">
            {t("camera.zone.add")}
          </Button>
          {zone && (
            <ZoneFields zone={zone} office={office} onChange={(part) => change(zone.key, part)} />
          )}
          {zone && (
            <Button variant="subtle" color="red" size="compact-md" onClick={drop}>
              {t("camera.zone.remove")}
            </Button>
          )}
        </div>
      </div>
      {save.error && <ProblemNote error={save.error} />}
      <Group>
        <Button
          loading={save.isPending}
          disabled={wrong !== null}
          onClick={() => save.mutate(toSend(zones))}
          data-testid="zones-save"
        >
          {t("camera.zone.save")}
        </Button>
        <Text size="sm" role="status">
          {wrong ? t(wrong) : save.isSuccess ? t("camera.saved") : ""}
        </Text>
      </Group>
    </section>
  );
}

interface FieldsProps {
  zone: DrawnZone;
  office: Office | null;
  onChange: (part: Partial<DrawnZone>) => void;
}

function ZoneFields({ zone, office, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const whole = (value: number | string) => (value === "" ? null : Number(value));
  return (
    <>
      <Select
        label={t("camera.zone.kind")}
        allowDeselect={false}
        value={zone.kind}
        data={KINDS.map((kind) => ({ value: kind, label: t(`camera.zone.kinds.${kind}`) }))}
        onChange={(kind) => onChange({ kind: kind as ZoneKind })}
      />
      {(zone.kind === "operator" || zone.kind === "visitor") && (
        <Select
          label={t("camera.zone.window")}
          value={zone.window_id}
          data={(office?.windows ?? []).map(({ id, number }) => ({
            value: id,
            label: t("office.window", { n: number }),
          }))}
          onChange={(windowId) => onChange({ window_id: windowId })}
        />
      )}
      {LIMITED.has(zone.kind) && (
        <Group grow align="end">
          <NumberInput
            label={t("camera.zone.limit")}
            min={0}
            max={1000}
            value={zone.queue_limit ?? ""}
            onChange={(value) => onChange({ queue_limit: whole(value) })}
          />
          <NumberInput
            label={t("camera.zone.for_s")}
            min={0}
            max={86_400}
            value={zone.queue_for_s ?? ""}
            onChange={(value) => onChange({ queue_for_s: whole(value) })}
          />
        </Group>
      )}
      {hasAnchor(zone.kind) && (
        <Switch
          label={t("camera.zone.by_head")}
          description={t("camera.zone.by_head_hint")}
          checked={zone.anchor === "head"}
          onChange={(event) => onChange({ anchor: event.currentTarget.checked ? "head" : "foot" })}
        />
      )}
      {zone.kind !== "mask" && (
        <Switch
          label={t("camera.zone.zoom")}
          description={t("camera.zone.zoom_hint")}
          checked={zone.zoom}
          onChange={(event) => onChange({ zoom: event.currentTarget.checked })}
        />
      )}
      <TextInput
        label={t("camera.zone.name")}
        maxLength={200}
        value={zone.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
    </>
  );
}
