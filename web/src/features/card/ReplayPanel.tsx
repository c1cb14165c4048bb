import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useRecordings } from "@/api/queries/places";
import type { ComplaintCard, RankedCamera, Recordings } from "@/api/types";
import { useHotkeys } from "@/components/useHotkeys";
import { readNow } from "@/components/useNow";
import { useProblemText } from "@/components/useProblemText";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import { thumbnailsUrl } from "@/media/replay";
import { canSeek, FIRST_BESIDE } from "@/media/replayDeck";
import { BesideTile } from "./BesideTile";
import { GapList } from "./GapList";
import classes from "./Replay.module.css";
import { ReplayControls } from "./ReplayControls";
import { speedAfter } from "./speeds";
import { Timeline } from "./Timeline";
import { replaySpan, replayUntil } from "./timeline";
import { useGapWord } from "./useGapWord";
import { useReplay } from "./useReplay";

interface Props {
  card: ComplaintCard;
  ranked: RankedCamera;
  zone: string;
  onPlayhead: (atMs: number | null) => void;
}

const STEP_MS = 5000;
const MINUTE_MS = 60_000;
const THUMBNAILS = 20;
const SETTLED_MS = 600;
const MOST_BESIDE = 3;
const NO_GAPS: Recordings["gaps"] = [];

/** The recording of one camera around the stated time, playing from two minutes before it. */
export function ReplayPanel({ card, ranked, zone, onPlayhead }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const problemText = useProblemText();
  const gapWord = useGapWord();
  const { dateTime, time } = useFormats();
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(1);
  const [muted, setMuted] = useState(true);
  const [beside, setBeside] = useState(false);
  const statedMs = Date.parse(card.happened_at);
  const withinMs = card.happened_within_s * 1000;
  const [{ span: firstSpan, plan }] = useState(() => {
    const startMs = Date.parse(ranked.replay_from);
    const span = replaySpan(statedMs, withinMs, startMs, readNow());
    return {
      span,
      plan: {
        cameraId: ranked.camera.id,
        from: new Date(span.fromMs),
        to: new Date(span.toMs),
        startAt: new Date(startMs),
        reason: card.number,
        growing: span.toMs >= readNow() - MINUTE_MS,
        untilMs: replayUntil(statedMs, withinMs),
      },
    };
  });
  const replay = useReplay(video, canvas, plan, readNow);
  const { positionMs, fault, gap, ticket, deck, seek } = replay;
  const shown = positionMs !== null;
  // What was recorded since it was opened plays on: the line grows with it.
  const { fromMs } = firstSpan;
  const toMs = Math.max(firstSpan.toMs, positionMs ?? 0);
  const span = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  const recordings = useRecordings(
    plan.cameraId,
    plan.from.toISOString(),
    plan.to.toISOString(),
    replay.substituted ? "sub" : "main",
    shown || fault !== null || gap !== null, // first the picture, then what is around it
  );
  const others = card.cameras
    .map(({ camera }) => camera)
    .filter(({ id }) => id !== plan.cameraId)
    .slice(0, MOST_BESIDE);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setSettled(true), SETTLED_MS); // first the film, then its strip
    return () => clearTimeout(timer);
  }, [shown]);
  const thumbnails = useMemo(
    () =>
      ticket && settled
        ? thumbnailsUrl(ticket, plan.cameraId, plan.from, plan.to, THUMBNAILS)
        : null,
    [ticket, settled, plan],
  );

  useEffect(() => onPlayhead(positionMs), [onPlayhead, positionMs]);
  const latestMs = useRef(positionMs);
  useEffect(() => {
    latestMs.current = positionMs;
  }, [positionMs]);
  const atMs = useCallback(() => latestMs.current, []);

  const toggle = useCallback(() => {
    if (!video.current) return;
    if (video.current.ended && plan.growing) return; // it goes on by itself; «play» begins anew
    if (video.current.paused) void video.current.play();
    else video.current.pause();
  }, [plan]);
  const jump = useCallback(
    (byMs: number) => latestMs.current !== null && seek(latestMs.current + byMs),
    [seek],
  );
  const setReplayRate = replay.setRate;
  const play = useCallback(
    (at: number) => {
      setRate(at);
      setReplayRate(at);
    },
    [setReplayRate],
  );
  const mute = useCallback(() => setMuted((before) => !before), []);
  const compare = useCallback(() => setBeside((before) => !before), []);
  const toStated = useCallback(() => seek(statedMs), [seek, statedMs]);
  useHotkeys({
    Space: toggle,
    KeyK: toggle,
    Comma: () => replay.step(-1),
    Period: () => replay.step(1),
    "Shift+Comma": () => play(speedAfter(rate, -1)),
    "Shift+Period": () => play(speedAfter(rate, 1)),
    ...(replay.hasAudio ? { KeyM: mute } : {}),
    ArrowLeft: () => jump(-STEP_MS),
    ArrowRight: () => jump(STEP_MS),
    "Shift+ArrowLeft": () => jump(-MINUTE_MS),
    "Shift+ArrowRight": () => jump(MINUTE_MS),
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
      {replay.substituted && <p className={classes.note}>{t("replay.sub_instead")}</p>}
      <div className={classes.stage} data-cameras={beside ? others.length + 1 : 1}>
        <div className={classes.frame}>
          <video
            ref={video}
            className={classes.video}
            data-testid="card-player"
            data-camera={plan.cameraId}
            muted={muted}
            playsInline
            onClick={toggle}
            onRateChange={({ currentTarget }) => setRate(currentTarget.playbackRate)}
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
          />
          <canvas
            ref={canvas}
            className={classes.still}
            data-testid="replay-still"
            data-shown={replay.still}
            aria-hidden
          />
          {fault !== null && (
            <p className={classes.fault} role="alert">
              {fault instanceof ApiProblem ? problemText(fault) : t(`replay.${FAULT_WORD[fault]}`)}
            </p>
          )}
          {fault === null && gap !== null && (
            <p className={classes.fault} role="status" data-testid="replay-gap">
              {gapWord(gap.reason)}
            </p>
          )}
          {fault === null && gap === null && !shown && (
            <p className={classes.fault} role="status">
              {t("replay.loading")}
            </p>
          )}
        </div>
        {beside &&
          deck &&
          others.map((camera, index) => (
            <BesideTile
              key={camera.id}
              {...{ deck, camera, atMs, zone }}
              tile={FIRST_BESIDE + index}
            />
          ))}
      </div>
      <ReplayControls
        playing={playing}
        stepMs={STEP_MS}
        rate={rate}
        muted={replay.hasAudio ? muted : null}
        beside={others.length > 0 && canSeek() ? beside : null}
        onToggle={toggle}
        onJump={jump}
        onStep={replay.step}
        onStated={toStated}
        onRate={play}
        onMute={mute}
        onBeside={compare}
      />
      <Timeline
        {...{ span, card, statedMs, withinMs, positionMs, zone, thumbnails }}
        recordings={recordings.data ?? null}
        onDrag={replay.drag}
        onDrop={replay.drop}
      />
      <GapList gaps={recordings.data?.gaps ?? NO_GAPS} span={span} zone={zone} onSeek={seek} />
    </section>
  );
}

const FAULT_WORD = {
  missing: "no_recording",
  unplayable: "unplayable",
  expired: "failed",
  failed: "failed",
} as const;
