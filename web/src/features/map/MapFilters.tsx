import { Select, TextInput } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { useRegions } from "@/api/queries/users";
import type { Freshness, Vehicle } from "@/api/types";
import { matches } from "@/components/search";
import { useNames } from "@/i18n";
import classes from "./Map.module.css";

const STATES: readonly Freshness[] = ["online", "stale", "lost", "never"];

export interface Wanted {
  text: string;
  regionId: string | null;
  states: readonly Freshness[];
}

export const EVERYTHING: Wanted = { text: "", regionId: null, states: STATES };

/** The vans that a person wants to see, in the list and on the map alike. */
export function wantedVans(vans: readonly Vehicle[], wanted: Wanted): Vehicle[] {
  return vans.filter(
    ({ plate, name, region_id, freshness }) =>
      (wanted.regionId === null || region_id === wanted.regionId) &&
      wanted.states.includes(freshness) &&
      matches(wanted.text, [plate, ...Object.values(name)]),
  );
}

interface Props {
  vans: readonly Vehicle[];
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
  search: Ref<HTMLInputElement>;
}

export function MapFilters({ vans, wanted, onChange, search }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: regions } = useRegions();
  const used = new Set(vans.map(({ region_id }) => region_id));
  const choices = (regions ?? [])
    .filter(({ id }) => used.has(id))
    .map(({ id, name }) => ({ value: id, label: nameOf(name) }));
  const turn = (state: Freshness) => {
    const without = wanted.states.filter((one) => one !== state);
    const states = without.length < wanted.states.length ? without : [...without, state];
    onChange({ ...wanted, states });
  };
  return (
    <div className={classes.filters}>
      <TextInput
        ref={search}
        placeholder={t("map.filter")}
        aria-label={t("map.filter")}
        value={wanted.text}
        onChange={(event) => onChange({ ...wanted, text: event.currentTarget.value })}
      />
      {choices.length > 1 && (
        <Select
          clearable
          size="xs"
          placeholder={t("map.every_region")}
          aria-label={t("map.region")}
          data={choices}
          value={wanted.regionId}
          onChange={(regionId) => onChange({ ...wanted, regionId })}
        />
      )}
      <div className={classes.states} role="group" aria-label={t("map.states")}>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={classes.state}
            aria-pressed={wanted.states.includes(state)}
            data-testid={`state-${state}`}
            onClick={() => turn(state)}
          >
            {t(`freshness.${state}`)} {vans.filter((van) => van.freshness === state).length}
          </button>
        ))}
      </div>
    </div>
  );
}
