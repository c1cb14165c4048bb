import { Button, Checkbox, Group, MultiSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCrew, usePutCrew } from "@/api/queries/plans";
import type { Trip } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import screen from "@/styles/screen.module.css";

/** Says who goes on a trip, from the people of the van's region. */
export function TripCrew({ trip, onDone }: { trip: Trip; onDone: () => void }) {
  const { t } = useTranslation();
  const crew = useCrew(true);
  const put = usePutCrew();
  const [chosen, setChosen] = useState(() => trip.crew.map(({ id }) => id));
  const [later, setLater] = useState(false);
  const known = (crew.data ?? []).filter(({ region_id }) => region_id === trip.region_id);
  return (
    <form
      className={screen.ask}
      onSubmit={(event) => {
        event.preventDefault();
        put.mutate({ id: trip.id, crew: chosen, later }, { onSuccess: onDone });
      }}
    >
      <MultiSelect
        searchable
        label={t("crew.choose")}
        value={chosen}
        data={known.map(({ id, full_name, role }) => ({
          value: id,
          label: `${full_name} (${t(`crew.roles.${role}`)})`,
        }))}
        onChange={setChosen}
      />
      {trip.timetable_id && (
        <Checkbox
          label={t("plan.crew_later")}
          checked={later}
          data-testid="crew-later"
          onChange={(event) => setLater(event.currentTarget.checked)}
        />
      )}
      <Group gap="xs">
        <Button type="submit" size="compact-sm" loading={put.isPending}>
          {t("plan.put_crew")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
      {(put.error ?? crew.error) && <ProblemNote error={(put.error ?? crew.error) as Error} />}
    </form>
  );
}
