import { useEffect, useState } from "react";
import { DEFAULT_ZONE, formatTime } from "@/i18n/formats";
import { type Kind, saidAt, stopNow, type Trip, type Visit } from "./facts";
import type { Panel, PanelState, Stop } from "./panel";
import { PeopleCount } from "./PeopleCount";
import { useWords } from "./words";

const STEPS: readonly Kind[] = ["arrived", "serving", "departed"];
const clock = (moment: string) => formatTime(moment, DEFAULT_ZONE, false);

interface Props {
  trip: Trip;
  state: PanelState;
  panel: Panel;
  say: Panel["say"];
  onStop: (stop: Stop) => void;
}

/** The trip's stops, and the steps of the one that the crew is at. */
export function TripPart({ trip, state, panel, say, onStop }: Props) {
  const { t, nameOf } = useWords();
  const [chosen, setChosen] = useState<number | null>(null);
  const found = stopNow(trip, state.said);
  const visit = trip.visits.find(({ sequence }) => sequence === chosen) ?? found;
  const sequence = visit?.sequence;
  useEffect(() => {
    onStop(sequence === undefined ? {} : { trip_id: trip.id, sequence });
  }, [trip.id, sequence, onStop]);

  return (
    <>
      <h2 className="route">
        {nameOf(trip.route.name)}
        <span className="dim">
          {" "}
          {clock(trip.planned_start_at)}–{clock(trip.planned_end_at)}
        </span>
      </h2>
      {trip.state === "cancelled" && <p className="note bad">{t("cancelled")}</p>}
      {visit && (
        <StopSteps
          key={visit.sequence}
          trip={trip}
          visit={visit}
          state={state}
          panel={panel}
          say={(...words) => {
            setChosen(null); // where the crew goes next follows from what it says
            return say(...words);
          }}
        />
      )}
      <h3>{t("stops")}</h3>
      <ol className="stops">
        {trip.visits.map((one) => {
          const words = saidAt(state.said, trip.id, one.sequence);
          const here = one.sequence === visit?.sequence;
          const passed =
            Boolean(words.departed) || one.state === "served" || one.state === "passed";
          return (
            <li key={one.sequence} data-here={here || undefined} data-passed={passed || undefined}>
              <button
                type="button"
                aria-current={here ? "step" : undefined}
                onClick={() => setChosen(one.sequence)}
              >
                <span className="tick" aria-hidden>
                  {passed ? "✓" : one.sequence}
                </span>
                <span className="village">{nameOf(one.name)}</span>
                <span className="dim">
                  {clock(one.planned_arrival_at)}–{clock(one.planned_departure_at)}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

interface StepsProps {
  trip: Trip;
  visit: Visit;
  state: PanelState;
  panel: Panel;
  say: Panel["say"];
}

function StopSteps({ trip, visit, state, panel, say }: StepsProps) {
  const { t, nameOf } = useWords();
  const stop = { trip_id: trip.id, sequence: visit.sequence };
  const words = saidAt(state.said, trip.id, visit.sequence);
  const draft =
    state.draft?.trip_id === trip.id && state.draft.sequence === visit.sequence
      ? state.draft
      : null;
  const people = draft?.people ?? words.people_served?.report.people ?? visit.people_served ?? 0;
  const step = (kind: Kind) => {
    const one = words[kind];
    return (
      <button
        key={kind}
        type="button"
        className={`big ${kind}`}
        data-testid={kind}
        data-fate={one?.fate}
        disabled={one !== undefined}
        onClick={() => void say(kind, stop)}
      >
        <span>{t(kind)}</span>
        {one && (
          <span className="fate">
            {t(`fate.${one.fate}`, { at: clock(one.report.happened_at) })}
          </span>
        )}
      </button>
    );
  };

  return (
    <section className="stop" aria-label={t("stop_now")} data-testid="stop">
      <p className="dim">{t("stop_now")}</p>
      <p className="village">{nameOf(visit.name)}</p>
      <p className="dim">
        {t("planned", {
          from: clock(visit.planned_arrival_at),
          to: clock(visit.planned_departure_at),
        })}
      </p>
      {STEPS.slice(0, 2).map(step)}
      <PeopleCount
        people={people}
        fate={draft ? "waiting" : words.people_served?.fate}
        onCount={(n) => panel.count(n, stop)}
      />
      {step("departed")}
    </section>
  );
}
