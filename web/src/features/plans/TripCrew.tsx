import { Button, Group, MultiSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCrew, usePutCrew } from "@/api/queries/plans";
import type { Trip } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import classes from "./Plans.module.css";

/** Says who goes on a trip, from the people of the van's region. */
export function TripCrew({ trip, onDone }: { trip: Trip; onDone: () => void }) {
  const { t } = useTranslation();
  const crew = useCrew(true);
  const put = usePutCrew();
  const [chosen, setChosen] = useState(() => trip.crew.map(({ id }) => id));
  const known = (crew.data ?? []).filter(({ region_id }) => region_id === trip.region_id);
  return (
    <form
      className={classes.ask}
      onSubmit={(event) => {
        event.preventDefault();
        put.mutate({ id: trip.id, crew: chosen }, { onSuccess: onDone });
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
