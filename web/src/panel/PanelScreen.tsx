import { useEffect, useState, useSyncExternalStore } from "react";
import { isServing, tripNow } from "./facts";
import type { Panel, Stop } from "./panel";
import { Place } from "./Place";
import { ProblemForm } from "./ProblemForm";
import { OpenReports, RefusedReports } from "./Reports";
import { SosButton } from "./SosButton";
import { Status } from "./Status";
import { TripPart } from "./TripPart";
import { Tongues } from "./Tongues";
import { Unpaired } from "./Unpaired";
import { useWake } from "./useWake";
import { useWords } from "./words";

const MINUTE_MS = 60_000;

function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS / 2);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface Props {
  panel: Panel;
  onToken: (token: string) => void;
}

/** All of a crew's day on one narrow page: what is known, what to say, how to call for help. */
export function PanelScreen({ panel, onToken }: Props) {
  const { t, nameOf } = useWords();
  const state = useSyncExternalStore(panel.subscribe, panel.read);
  const now = useMinute();
  const [asking, setAsking] = useState(false);
  const [stop, setStop] = useState<Stop>({});
  const [failed, setFailed] = useState(false);
  const { contact, said } = state;
  const waiting = said.filter(({ fate }) => fate === "waiting").length;
  const trip = contact && tripNow(contact.home.trips, now);
  useWake(state.paired && trip !== null && isServing(trip, said));

  if (!state.paired) return <Unpaired onToken={onToken} ended waiting={waiting} />;

  const say: Panel["say"] = (...words) =>
    panel.say(...words).then(
      () => setFailed(false),
      () => setFailed(true),
    );

  return (
    <div className="panel" data-testid="van-panel">
      <header className="head">
        <div>
          <h1 className="plate">{contact?.home.vehicle.plate ?? t("title")}</h1>
          {contact && <p className="dim">{nameOf(contact.home.vehicle.name)}</p>}
        </div>
        <Tongues />
      </header>
      <Status state={state} waiting={waiting} now={now} onSend={() => void panel.sync()} />
      {failed && (
        <p className="note bad" role="alert">
          {t("storage_failed")}
        </p>
      )}
      <main>
        {trip ? (
          <TripPart
            key={trip.id}
            trip={trip}
            state={state}
            panel={panel}
            say={say}
            onStop={setStop}
          />
        ) : (
          <p className="note">
            {contact ? `${t("no_trip")}. ${t("no_trip_hint")}` : t("plan_unknown")}
          </p>
        )}
        {asking && (
          <ProblemForm
            onBack={() => setAsking(false)}
            onSay={(problem, note) => {
              void say("problem", stop, { problem, ...(note ? { note } : {}) });
              setAsking(false);
            }}
          />
        )}
        <OpenReports open={contact?.home.open_reports ?? []} said={said} />
        <RefusedReports said={said} onRead={(key) => void panel.forget(key)} />
        <Place panel={panel} waiting={state.fixesWaiting} />
      </main>
      <section className="alarm" aria-label={t("sos")}>
        <SosButton
          said={said}
          open={contact?.home.open_reports ?? []}
          now={now}
          onSos={() => void say("sos", stop)}
        >
          <button
            type="button"
            className="big problem"
            data-testid="problem"
            aria-expanded={asking}
            onClick={() => setAsking(!asking)}
          >
            {t("problem")}
          </button>
        </SosButton>
      </section>
    </div>
  );
}
