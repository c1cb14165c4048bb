import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useRecordings } from "@/api/queries/places";
import type { ComplaintCard, RankedCamera } from "@/api/types";
import { useHotkeys } from "@/components/useHotkeys";
import { readNow } from "@/components/useNow";
import { useProblemText } from "@/components/useProblemText";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Replay.module.css";
import { ReplayControls } from "./ReplayControls";
import { Timeline } from "./Timeline";
import { replaySpan } from "./timeline";
import { useReplay } from "./useReplay";

interface Props {
  card: ComplaintCard;
  ranked: RankedCamera;
  zone: string;
  onPlayhead: (atMs: number | null) => void;
}

const STEP_MS = 5000;
const MINUTE_MS = 60_000;

/** The recording of one camera around the stated time, playing from two minutes before it. */
export function ReplayPanel({ card, ranked, zone, onPlayhead }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const problemText = useProblemText();
  const { dateTime, time } = useFormats();
  const video = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState(false);
  const statedMs = Date.parse(card.happened_at);
  const withinMs = card.happened_within_s * 1000;
  const [{ span, request }] = useState(() => {
    const startMs = Date.parse(ranked.replay_from);
    const span = replaySpan(statedMs, withinMs, startMs, readNow());
    return {
      span,
      request: {
        cameraId: ranked.camera.id,
        from: new Date(span.fromMs),
        to: new Date(span.toMs),
        startAt: new Date(startMs),
        reason: card.number,
        growing: span.toMs >= readNow() - MINUTE_MS,
      },
    };
  });
  const { positionMs, fault, seek } = useReplay(video, request, readNow);
  const recordings = useRecordings(
    ranked.camera.id,
    request.from.toISOString(),
    request.to.toISOString(),
  );

  useEffect(() => onPlayhead(positionMs), [onPlayhead, positionMs]);

  const toggle = () => {
    if (!video.current) return;
    if (video.current.paused) void video.current.play();
    else video.current.pause();
  };
  const step = (byMs: number) => positionMs !== null && seek(positionMs + byMs);
  useHotkeys({
    Space: toggle,
    KeyK: toggle,
    ArrowLeft: () => step(-STEP_MS),
    ArrowRight: () => step(STEP_MS),
    "Shift+ArrowLeft": () => step(-MINUTE_MS),
    "Shift+ArrowRight": () => step(MINUTE_MS),
  });

  return (
    <section className={classes.panel} aria-label={t("replay.title")}>
      <header className={classes.head}>
        <strong>{nameOf(ranked.camera.name)}</strong>
        <time data-testid="replay-clock" data-at={positionMs ?? undefined}>
          {positionMs === null ? "" : dateTime(positionMs, zone).split(", ")[0]}{" "}
          <b>{positionMs === null ? "" : time(positionMs, zone)}</b>
        </time>
      </header>
      <div className={classes.frame}>
        <video
          ref={video}
          className={classes.video}
          data-testid="card-player"
          data-camera={ranked.camera.id}
          muted
          autoPlay
          playsInline
          onClick={toggle}
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
        />
        {fault !== null && (
          <p className={classes.fault} role="alert">
            {fault instanceof ApiProblem
              ? problemText(fault)
              : t(fault === "missing" ? "replay.no_recording" : "replay.failed")}
          </p>
        )}
        {fault === null && positionMs === null && (
          <p className={classes.fault} role="status">
            {t("replay.loading")}
          </p>
        )}
      </div>
      <ReplayControls
        playing={playing}
        onToggle={toggle}
        onStep={step}
        onStated={() => seek(statedMs)}
        onSpeed={(rate) => {
          if (video.current) video.current.playbackRate = rate;
        }}
        stepMs={STEP_MS}
      />
      <Timeline
        span={span}
        card={card}
        recordings={recordings.data ?? null}
        statedMs={statedMs}
        withinMs={withinMs}
        positionMs={positionMs}
        zone={zone}
        onSeek={seek}
      />
    </section>
  );
}
