import { useParams } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useComplaint } from "@/api/queries/complaints";
import { useOffices } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import { LinkButton } from "@/components/LinkButton";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { CameraRanking } from "./CameraRanking";
import classes from "./Card.module.css";
import { CardHead } from "./CardHead";
import { Clips } from "./Clips";
import { Comments } from "./Comments";
import { Deadlines } from "./Deadlines";
import { Moves } from "./Moves";
import { ReplayPanel } from "./ReplayPanel";
import { Ties } from "./Ties";

/** Everything about one complaint; the replay of its best camera opens by itself. */
export function CardScreen() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/complaints/$id" });
  const { data: card, error, refetch } = useComplaint(id);
  const { data: offices } = useOffices();
  const can = useCan();
  const [chosen, setChosen] = useState<string | null>(null);
  // Kept beside the state: a picture a moment must not draw the whole card anew.
  const playheadMs = useRef<number | null>(null);
  const [shows, setShows] = useState(false);
  const onPlayhead = useCallback((atMs: number | null) => {
    playheadMs.current = atMs;
    setShows(atMs !== null);
  }, []);
  const playhead = useCallback(() => playheadMs.current, []);

  // First the player alone, so that its picture is asked for; the rest a moment later.
  const whole = useDeferredValue(card !== undefined, false);

  if (error && !card) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!card) return <Loading rows={8} />;
  const zone = offices?.find((office) => office.id === card.office.id)?.time_zone ?? DEFAULT_ZONE;
  const wanted = chosen ?? card.camera_id;
  const camera =
    card.cameras.find((ranked) => ranked.camera.id === wanted) ?? card.cameras[0] ?? null;
  const mayReplay = can("replay.view");

  return (
    <article className={classes.screen} data-testid="card" data-number={card.number}>
      <div className={classes.side}>
        <LinkButton to="/complaints" variant="subtle" size="compact-sm" className={classes.back}>
          ← {t("card.back")}
        </LinkButton>
        {whole && (
          <>
            <CardHead card={card} zone={zone} />
            <Deadlines clocks={card.clocks} zone={zone} />
            <Moves card={card} />
          </>
        )}
      </div>
      <div className={classes.main}>
        {mayReplay && camera && (
          <ReplayPanel
            key={`${card.id}:${camera.camera.id}`}
            card={card}
            ranked={camera}
            zone={zone}
            onPlayhead={onPlayhead}
          />
        )}
        {whole && mayReplay && (
          <CameraRanking
            card={card}
            current={camera?.camera.id ?? null}
            playhead={shows ? playhead : null}
            zone={zone}
            onChoose={setChosen}
          />
        )}
        {whole && (
          <>
            <div className={classes.columns}>
              <Ties card={card} zone={zone} />
              <Clips card={card} cameraId={camera?.camera.id ?? null} zone={zone} />
            </div>
            <Comments card={card} zone={zone} />
          </>
        )}
      </div>
    </article>
  );
}
