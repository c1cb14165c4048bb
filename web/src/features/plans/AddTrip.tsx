import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddTrip } from "@/api/queries/plans";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { PlanForm } from "./PlanForm";

/** A single trip of the shown day, beside the timetables. */
export function AddTrip({ day, onDone }: { day: string; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAddTrip();
  const [draft, setDraft] = useState({
    vehicle_id: "",
    route_id: "",
    starts_at: "09:00",
    note: "",
  });
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <PlanForm
      planned={draft}
      onChange={change}
      testId="trip"
      save={t("plan.add_trip")}
      ready={Boolean(draft.vehicle_id && draft.route_id)}
      sent={add}
      onSave={() =>
        add.mutate({ ...draft, service_date: day, time_zone: DEFAULT_ZONE }, { onSuccess: onDone })
      }
      onDone={onDone}
      fields={
        <TextInput
          maxLength={200}
          label={t("plan.note")}
          value={draft.note}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
      }
    />
  );
}
