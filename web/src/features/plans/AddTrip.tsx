import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddTrip, useRoutes } from "@/api/queries/plans";
import { useVehicles } from "@/api/queries/places";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import classes from "./Plans.module.css";

/** A single trip of the shown day, beside the timetables. */
export function AddTrip({ day, onDone }: { day: string; onDone: () => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const routes = useRoutes();
  const vehicles = useVehicles();
  const add = useAddTrip();
  const [draft, setDraft] = useState({
    vehicle_id: "",
    route_id: "",
    starts_at: "09:00",
    note: "",
  });
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <form
      className={classes.form}
      data-testid="trip-form"
      onSubmit={(event) => {
        event.preventDefault();
        const trip = { ...draft, service_date: day, time_zone: "Asia/Almaty" };
        add.mutate(trip, { onSuccess: onDone });
      }}
    >
      <div className={classes.fields}>
        <Select
          required
          searchable
          label={t("plan.vehicle")}
          value={draft.vehicle_id || null}
          data={(vehicles.data ?? []).map(({ id, plate }) => ({ value: id, label: plate }))}
          onChange={(id) => change({ vehicle_id: id ?? "" })}
        />
        <Select
          required
          searchable
          label={t("plan.route")}
          value={draft.route_id || null}
          data={(routes.data ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(id) => change({ route_id: id ?? "" })}
        />
        <TextInput
          required
          type="time"
          label={t("plan.starts_at")}
          value={draft.starts_at}
          onChange={(event) => change({ starts_at: event.currentTarget.value })}
        />
        <TextInput
          maxLength={200}
          label={t("plan.note")}
          value={draft.note}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
      </div>
      {add.error && <ProblemNote error={add.error} />}
      <Group gap="xs">
        <Button
          type="submit"
          size="compact-sm"
          disabled={!draft.vehicle_id || !draft.route_id}
          loading={add.isPending}
        >
          {t("plan.add_trip")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
    </form>
  );
}
