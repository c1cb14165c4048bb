import { Button, Group, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCancelTrip } from "@/api/queries/plans";
import { useCan } from "@/api/queries/session";
import type { Trip } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";
import { TripCrew } from "./TripCrew";
import { VisitCell } from "./VisitCell";

/** One trip: when, where, who, and each stop's plan against fact. */
export function TripRow({ trip }: { trip: Trip }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const { time, number } = useFormats();
  const [asking, setAsking] = useState<"cancel" | "crew">();
  const open = trip.state === "planned" || trip.state === "running";
  const starts = time(trip.planned_start_at, undefined, false);

  return (
    <li className={classes.trip} data-state={trip.state} data-testid="trip">
      <div className={classes.tripHead}>
        <span className={classes.start}>
          {starts}–{time(trip.planned_end_at, undefined, false)}
        </span>
        <span className={classes.route}>{nameOf(trip.route.name)}</span>
        <span className={classes.tripState} data-state={trip.state}>
          {t(`plan.trip_state.${trip.state}`)}
        </span>
        {trip.started_at && (
          <span className={screen.dim}>
            {t("plan.left", { at: time(trip.started_at, undefined, false) })}
          </span>
        )}
        {trip.state === "running" && trip.progress_m !== null && (
          <span className={screen.dim}>
            {t("plan.driven", {
              n: number(trip.progress_m / 1000),
              of: number(trip.length_m / 1000),
            })}
          </span>
        )}
        {trip.crew.length > 0 && (
          <span className={screen.dim}>
            {trip.crew.map(({ full_name }) => full_name).join(", ")}
          </span>
        )}
        {(trip.cancelled_why || trip.note) && (
          <span className={screen.reason}>{trip.cancelled_why || trip.note}</span>
        )}
        <Link to="/map" search={onMap(trip)} className={classes.onMap} data-testid="trip-map">
          {t(trip.state === "done" || trip.state === "missed" ? "map.view_then" : "alert.on_map")}
        </Link>
        {open && can("vans.plan") && !asking && (
          <span className={screen.acts}>
            <Button
              size="compact-xs"
              variant="subtle"
              data-testid="trip-crew"
              onClick={() => setAsking("crew")}
            >
              {t("plan.crew")}
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              data-testid="trip-cancel"
              onClick={() => setAsking("cancel")}
            >
              {t("plan.cancel")}
            </Button>
          </span>
        )}
      </div>
      {asking === "cancel" && <CancelTrip id={trip.id} onDone={() => setAsking(undefined)} />}
      {asking === "crew" && <TripCrew trip={trip} onDone={() => setAsking(undefined)} />}
      <ol className={classes.visits} aria-label={`${starts} ${nameOf(trip.route.name)}`}>
        {trip.visits.map((visit) => (
          <VisitCell key={visit.sequence} visit={visit} trip={trip} />
        ))}
      </ol>
    </li>
  );
}

/** The van now; of a trip that is over, the moment it began. */
function onMap({ vehicle_id, state, started_at, planned_start_at }: Trip) {
  const isOver = state === "done" || state === "missed";
  return isOver
    ? { vehicle: vehicle_id, at: started_at ?? planned_start_at }
    : { vehicle: vehicle_id };
}

function CancelTrip({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const cancel = useCancelTrip();
  return (
    <form
      className={screen.ask}
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate({ id, why }, { onSuccess: onDone });
      }}
    >
      <TextInput
        required
        autoFocus
        maxLength={200}
        label={t("plan.cancel_why")}
        value={why}
        data-testid="cancel-why"
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button type="submit" size="compact-sm" color="red" loading={cancel.isPending}>
          {t("plan.cancel_confirm")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("plan.keep")}
        </Button>
      </Group>
      {cancel.error && <ProblemNote error={cancel.error} />}
    </form>
  );
}
