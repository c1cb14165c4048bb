import { Alert, Button, Group, NumberInput, SegmentedControl, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveRoute } from "@/api/queries/plans";
import { useRegions } from "@/api/queries/users";
import type { VanRoute } from "@/api/types";
import { NamesFields } from "@/components/NamesFields";
import { ProblemNote } from "@/components/ProblemNote";
import type { Corner } from "@/components/sketch";
import { SketchMap } from "@/components/SketchMap";
import { SketchTools } from "@/components/SketchTools";
import { useHistory } from "@/components/useHistory";
import { useSketch } from "@/components/useSketch";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";
import {
  type Draft,
  replaced,
  toRoute,
  withLine,
  without,
  withRead,
  withStop,
  withStopAt,
} from "./draft";
import { ReadRoute } from "./ReadRoute";
import { StopFields } from "./StopFields";

interface Props {
  start: Draft;
  onDone: (saved?: VanRoute) => void;
}

/** Draws a road and its villages, or takes them from a file or a drive. */
export function RouteEditor({ start, onDone }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: regions } = useRegions();
  const history = useHistory(start);
  const { now: draft, step, amend } = history;
  const [mode, setMode] = useState<"line" | "stop">("line");
  const [fit, setFit] = useState(0);
  const [missing, setMissing] = useState(false);
  const save = useSaveRoute();
  const change = (part: Partial<Draft>) => amend((before) => ({ ...before, ...part }));
  const sketch = useSketch(history, { of: ({ line }) => line, put: withLine });

  const village = (corner: Corner) => step((before) => withStop(before, corner));

  return (
    <form
      className={screen.editor}
      data-testid="route-form"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(draft.line.length < 2);
        if (draft.line.length < 2) return;
        const route = toRoute(draft);
        save.mutate(draft.id === undefined ? { route } : { id: draft.id, route }, {
          onSuccess: onDone,
        });
      }}
    >
      <div className={screen.form}>
        <ReadRoute
          onRead={(read) => {
            step((before) => withRead(before, read));
            setFit((count) => count + 1);
          }}
        />
        {draft.remarks.map((remark) => (
          <Alert key={remark} color="yellow" p="xs" data-testid="route-remark">
            {t(`route.remark.${remark}`)}
          </Alert>
        ))}
        <div className={screen.fields}>
          <NamesFields
            names={draft.name}
            onChange={(name) => change({ name })}
            testId="route-name"
          />
          <Select
            required
            searchable
            label={t("plan.region")}
            value={draft.region_id || null}
            data={(regions ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
            onChange={(region_id) => change({ region_id: region_id ?? "" })}
          />
          <NumberInput
            required
            label={t("route.corridor")}
            min={25}
            max={5000}
            value={draft.corridor_m}
            onChange={(value) => change({ corridor_m: Number(value) })}
          />
        </div>
        {draft.stops.map((stop, index) => (
          <StopFields
            key={index}
            number={index + 1}
            stop={stop}
            onChange={(changed) => change({ stops: replaced(draft.stops, index, changed) })}
            onRemove={() => step((before) => ({ ...before, stops: without(before.stops, index) }))}
          />
        ))}
        {missing && <Alert color="red">{t("route.line_missing")}</Alert>}
        {save.error && <ProblemNote error={save.error} />}
        {draft.id !== undefined && <p className={screen.dim}>{t("route.replaces")}</p>}
        <Group>
          <Button type="submit" loading={save.isPending} data-testid="route-save">
            {t("plan.save")}
          </Button>
          <Button variant="default" onClick={() => onDone()}>
            {t("app.cancel")}
          </Button>
        </Group>
      </div>
      <div className={screen.stage}>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            value={mode}
            data={[
              { value: "line", label: t("route.mode_line") },
              { value: "stop", label: t("route.mode_stop") },
            ]}
            onChange={(chosen) => setMode(chosen as "line" | "stop")}
          />
          <SketchTools
            chosen={sketch.chosen}
            undoable={history.undoable}
            onRemove={sketch.deeds.remove}
            onUndo={history.undo}
            onClear={sketch.clear}
          />
        </Group>
        <SketchMap
          corners={draft.line}
          stops={draft.stops.map(({ name, longitude, latitude }) => ({
            corner: [longitude, latitude],
            label: nameOf(name),
          }))}
          chosen={sketch.chosen}
          fit={fit}
          deeds={{
            ...sketch.deeds,
            moveStop: (index, corner) => amend((before) => withStopAt(before, index, corner)),
            ...(mode === "stop" ? { add: village, insert: village } : {}),
          }}
        />
      </div>
    </form>
  );
}
