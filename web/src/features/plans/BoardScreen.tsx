import { Button, Checkbox, Group, TextInput, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTrips } from "@/api/queries/plans";
import { useCan } from "@/api/queries/session";
import type { Trip } from "@/api/types";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { VanReports } from "@/components/VanReports";
import { useNow } from "@/components/useNow";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE, inputValues, instantOf } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import { AddTrip } from "./AddTrip";
import { dayAfter, rowsOf, underWay } from "./board";
import classes from "./Plans.module.css";
import { TripRow } from "./TripRow";

const LOOK_EVERY_MS = 20_000;

const wordsOf = (trip: Trip): string[] => [
  trip.plate,
  ...Object.values(trip.vehicle_name),
  ...Object.values(trip.route.name),
  ...trip.visits.flatMap(({ name }) => Object.values(name)),
];

/** The day's plan: vans, their trips, each stop planned and real; live by the topic `trip`. */
export function BoardScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { day: dayName } = useFormats();
  const navigate = useNavigate();
  const now = useNow(LOOK_EVERY_MS);
  const today = inputValues(now, DEFAULT_ZONE).day;
  const { day = today } = useSearch({ from: "/plans" });
  const trips = useTrips(day);
  const [from, to] = [day, dayAfter(day, 1)].map((one) =>
    instantOf(one, "00:00", DEFAULT_ZONE).toISOString(),
  ) as [string, string];
  const [typed, setTyped] = useState("");
  const [onlyNow, setOnlyNow] = useState(false);
  const [adding, setAdding] = useState(false);
  const can = useCan();
  const show = (chosen: string) =>
    void navigate({ to: "/plans", search: chosen === today ? {} : { day: chosen } });

  const shown = (trips.data ?? []).filter(
    (trip) => (!onlyNow || underWay(trip, now)) && matches(typed, wordsOf(trip)),
  );
  const rows = rowsOf(shown);

  return (
    <div className={screen.screen} data-testid="plan-board">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.board")}: {dayName(day)}
        </Title>
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("plan.day_back")}
            onClick={() => show(dayAfter(day, -1))}
          >
            ‹
          </Button>
          <TextInput
            type="date"
            size="xs"
            aria-label={t("plan.day")}
            value={day}
            onChange={({ currentTarget: { value } }) => value && show(value)}
          />
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("plan.day_on")}
            onClick={() => show(dayAfter(day, 1))}
          >
            ›
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => show(today)}>
            {t("plan.today")}
          </Button>
        </Group>
        <TextInput
          className={screen.search}
          size="xs"
          placeholder={t("plan.find")}
          aria-label={t("plan.find")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Checkbox
          label={t("plan.now_only")}
          checked={onlyNow}
          data-testid="now-only"
          onChange={(event) => setOnlyNow(event.currentTarget.checked)}
        />
        {can("vans.plan") && !adding && (
          <Button size="compact-sm" data-testid="trip-add" onClick={() => setAdding(true)}>
            {t("plan.add_trip")}
          </Button>
        )}
      </div>
      {adding && <AddTrip day={day} onDone={() => setAdding(false)} />}
      {trips.error && <ProblemNote error={trips.error} onRetry={() => void trips.refetch()} />}
      {trips.isLoading && <Loading rows={6} />}
      {trips.data && rows.length === 0 && (
        <p>{t(onlyNow ? "plan.none_under_way" : "plan.no_trips")}</p>
      )}
      {rows.map((row) => (
        <section key={row.vehicleId} className={classes.van} data-testid={`plan-${row.plate}`}>
          <h2 className={screen.plate}>
            {row.plate} <span className={screen.dim}>{nameOf(row.name)}</span>
          </h2>
          <ul className={classes.trips} aria-label={t("plan.trips_of", { plate: row.plate })}>
            {row.trips.map((trip) => (
              <TripRow key={trip.id} trip={trip} />
            ))}
          </ul>
          <VanReports quiet vehicleId={row.vehicleId} from={from} to={to} />
        </section>
      ))}
    </div>
  );
}
