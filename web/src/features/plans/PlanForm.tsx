import { Button, Group, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useRoutes } from "@/api/queries/plans";
import { useVehicles } from "@/api/queries/places";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";

export interface Planned {
  vehicle_id: string;
  route_id: string;
  starts_at: string;
}

interface Props {
  planned: Planned;
  onChange: (part: Partial<Planned>) => void;
  testId: string;
  save: string;
  ready: boolean;
  sent: { isPending: boolean; error: Error | null };
  onSave: () => void;
  onDone: () => void;
  /** More fields, beside those that every plan has. */
  fields: ReactNode;
  children?: ReactNode;
}

/** Which van drives which route from when on: a single trip, or a timetable. */
export function PlanForm({
  planned,
  onChange,
  testId,
  save,
  ready,
  sent,
  onSave,
  onDone,
  fields,
  children,
}: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const routes = useRoutes();
  const vehicles = useVehicles();
  return (
    <form
      className={screen.form}
      data-testid={`${testId}-form`}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSave();
      }}
    >
      <div className={screen.fields}>
        <Select
          required
          searchable
          label={t("plan.vehicle")}
          value={planned.vehicle_id || null}
          data={(vehicles.data ?? []).map(({ id, plate }) => ({ value: id, label: plate }))}
          data-testid={`${testId}-van`}
          onChange={(id) => onChange({ vehicle_id: id ?? "" })}
        />
        <Select
          required
          searchable
          label={t("plan.route")}
          value={planned.route_id || null}
          data={(routes.data ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          data-testid={`${testId}-route`}
          onChange={(id) => onChange({ route_id: id ?? "" })}
        />
        <TextInput
          required
          type="time"
          label={t("plan.starts_at")}
          value={planned.starts_at}
          onChange={(event) => onChange({ starts_at: event.currentTarget.value })}
        />
        {fields}
      </div>
      {children}
      {sent.error && <ProblemNote error={sent.error} />}
      <Group gap="xs">
        <Button
          type="submit"
          size="compact-sm"
          disabled={!ready}
          loading={sent.isPending}
          data-testid={`${testId}-save`}
        >
          {save}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
    </form>
  );
}
