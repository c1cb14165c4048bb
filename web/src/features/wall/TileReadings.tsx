import { useTranslation } from "react-i18next";
import type { Camera, Office, Presence, Zone } from "@/api/types";
import { Shape, type ShapeName } from "@/components/Shape";
import { useNow } from "@/components/useNow";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Wall.module.css";

interface Props {
  n: number;
  camera: Camera;
  office: Office | null;
  zone: string;
  onPick: () => void;
}

/** What is known about a tile's place: the office's clock, the queue, who is at the windows. */
export function TileReadings({ n, camera, office, zone, onPick }: Props) {
  const { t } = useTranslation();
  const { duration } = useFormats();
  const wait = office?.waiting?.wait;
  const queues = camera.zones.filter(({ kind }) => kind === "queue");
  const windows = camera.zones.filter(({ kind }) => kind === "operator");

  return (
    <div className={classes.readings}>
      <OfficeClock zone={zone} />
      {queues.length > 0 && (
        <span className={classes.queue} data-testid={`tile-queue-${n}`}>
          {t("queue.label")} <b>{queueLength(queues) ?? t("queue.unknown")}</b>
          {wait && ` · ${t("queue.wait", { time: duration(wait.value_s) })}`}
        </span>
      )}
      {windows.map((seen) => {
        const open = office?.windows.find(({ id }) => id === seen.window_id)?.open_now ?? true;
        return (
          <PresenceDot
            key={seen.id}
            number={seen.window_number}
            state={open ? (seen.observation?.state ?? "unknown") : "closed"}
          />
        );
      })}
      <button type="button" className={classes.pick} onClick={onPick} title={t("wall.pick")}>
        ⋯<span className={classes.hidden}>{t("wall.pick")}</span>
      </button>
    </div>
  );
}

/** Null when any queue of the camera has no usable picture: a part is not the whole. */
function queueLength(queues: readonly Zone[]): number | null {
  let sum = 0;
  for (const { observation } of queues) {
    if (observation?.people === null || observation?.people === undefined) return null;
    sum += observation.people;
  }
  return sum;
}

const SHAPES: Record<Presence | "closed", ShapeName> = {
  occupied: "circle",
  empty: "ring",
  unknown: "dash",
  closed: "dash",
};

function PresenceDot({ number, state }: { number: number | null; state: Presence | "closed" }) {
  const { t } = useTranslation();
  const word = t(`presence.${state}`);
  return (
    <span
      className={classes.presence}
      data-state={state}
      data-window={number}
      title={t("presence.window", { n: number, state: word })}
    >
      {number} <Shape name={SHAPES[state]} size={10} />
      <span className={state === "empty" ? undefined : classes.hidden}>{word}</span>
    </span>
  );
}

function OfficeClock({ zone }: { zone: string }) {
  const { time } = useFormats();
  return <time className={classes.clock}>{time(useNow(), zone)}</time>;
}
