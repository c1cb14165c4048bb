import { Alert, Button, Group, NumberInput, SegmentedControl, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveRoute } from "@/api/queries/plans";
import { useRegions } from "@/api/queries/users";
import type { VanRoute } from "@/api/types";
import { NamesFields } from "@/components/NamesFields";
import { ProblemNote } from "@/components/ProblemNote";
import { SketchMap } from "@/components/SketchMap";
import { useNames } from "@/i18n";
import { replaced, toRoute, without, withCorner, withRead, withStop, type Draft } from "./draft";
import classes from "./Plans.module.css";
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
  const [draft, setDraft] = useState(start);
  const [mode, setMode] = useState<"line" | "stop">("line");
  const [fit, setFit] = useState(0);
  const [missing, setMissing] = useState(false);
  const save = useSaveRoute();
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  return (
    <form
      className={classes.editor}
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
      <div className={classes.form}>
        <ReadRoute
          onRead={(read) => {
            setDraft((before) => withRead(before, read));
            setFit((count) => count + 1);
          }}
        />
        {draft.remarks.map((remark) => (
          <Alert key={remark} color="yellow" p="xs" data-testid="route-remark">
            {t(`route.remark.${remark}`)}
          </Alert>
        ))}
        <div className={classes.fields}>
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
            onRemove={() => change({ stops: without(draft.stops, index) })}
          />
        ))}
        {missing && <Alert color="red">{t("route.line_missing")}</Alert>}
        {save.error && <ProblemNote error={save.error} />}
        {draft.id !== undefined && <p className={classes.dim}>{t("route.replaces")}</p>}
        <Group>
          <Button type="submit" loading={save.isPending} data-testid="route-save">
            {t("plan.save")}
          </Button>
          <Button variant="default" onClick={() => onDone()}>
            {t("app.cancel")}
          </Button>
        </Group>
      </div>
      <div className={classes.stage}>
        <Group gap="xs" className={classes.tools}>
          <SegmentedControl
            size="xs"
            value={mode}
            data={[
              { value: "line", label: t("route.mode_line") },
              { value: "stop", label: t("route.mode_stop") },
            ]}
            onChange={(chosen) => setMode(chosen as "line" | "stop")}
          />
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => change({ line: draft.line.slice(0, -1) })}
          >
            {t("plan.undo")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => change({ line: [] })}>
            {t("plan.clear")}
          </Button>
        </Group>
        <SketchMap
          corners={draft.line}
          stops={draft.stops.map(({ name, longitude, latitude }) => ({
            corner: [longitude, latitude],
            label: nameOf(name),
          }))}
          fit={fit}
          onAdd={(corner) =>
            setDraft((before) =>
              mode === "line" ? withCorner(before, corner) : withStop(before, corner),
            )
          }
          onMove={(index, corner) =>
            setDraft((before) => ({ ...before, line: replaced(before.line, index, corner) }))
          }
        />
      </div>
    </form>
  );
}
