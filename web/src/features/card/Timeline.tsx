import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ComplaintCard, Recordings } from "@/api/types";
import { useAlertWords } from "@/components/useAlertWords";
import { useFormats } from "@/i18n/useFormats";
import { ThumbnailStrip } from "./ThumbnailStrip";
import { barOf, markOf, ticksOf, type Span } from "./timeline";
import classes from "./Timeline.module.css";
import { useFindingWords } from "./useFindingWords";
import { useGapWord } from "./useGapWord";

interface MarkProps {
  span: Span;
  card: ComplaintCard;
  recordings: Recordings | null;
  statedMs: number;
  withinMs: number;
  zone: string;
  thumbnails: string | null;
}

interface Props extends MarkProps {
  positionMs: number | null;
  /** Called for each place that a pressed hand reaches, then `onDrop` once. */
  onDrag: (atMs: number) => void;
  onDrop: () => void;
}

/** A line to drag over: what is on it, and where the replay is. */
export function Timeline(props: Props) {
  const { positionMs, onDrag, onDrop, ...marks } = props;
  const { span } = marks;
  const { t } = useTranslation();
  const playhead = positionMs === null ? null : markOf(span, positionMs);

  const goTo = (event: React.PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    onDrag(span.fromMs + part * (span.toMs - span.fromMs));
  };

  return (
    <div
      className={classes.line}
      data-testid="timeline"
      data-from={span.fromMs}
      data-to={span.toMs}
      role="group"
      aria-label={t("replay.timeline")}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) goTo(event);
      }}
      onPointerUp={onDrop}
      onPointerCancel={onDrop}
    >
      <Marks {...marks} />
      {playhead !== null && <div className={classes.playhead} style={at(playhead)} />}
    </div>
  );
}

const at = (left: number) => ({ left: `${left}%` });

/** Recording and gaps, the stated time with its uncertainty, alerts and findings. */
const Marks = memo(function Marks(props: MarkProps) {
  const { span, card, recordings, statedMs, withinMs, zone } = props;
  const { t } = useTranslation();
  const { time, number } = useFormats();
  const alertWords = useAlertWords();
  const findingWords = useFindingWords();
  const spot = (atMs: number) => markOf(span, atMs);
  const place = (startMs: number, endMs: number) => {
    const bar = barOf(span, startMs, endMs);
    return bar && { left: `${bar.left}%`, width: `${bar.width}%` };
  };
  const gapWord = useGapWord();
  const stated = place(statedMs - withinMs, statedMs + withinMs);

  return (
    <>
      {props.thumbnails && <ThumbnailStrip url={props.thumbnails} />}
      {stated && (
        <div
          className={classes.stated}
          style={stated}
          data-testid="stated-band"
          title={t("replay.stated", { n: number(withinMs / 60_000) })}
        >
          <span>{t("replay.stated", { n: number(withinMs / 60_000) })}</span>
        </div>
      )}
      <div className={classes.lane}>
        {recordings?.recordings.map(({ started_at, ended_at }) => {
          const bar = place(Date.parse(started_at), Date.parse(ended_at));
          return bar && <div key={started_at} className={classes.recording} style={bar} />;
        })}
        {recordings?.gaps.map(({ started_at, ended_at, reason }) => {
          const end = ended_at ? Date.parse(ended_at) : span.toMs;
          const bar = place(Date.parse(started_at), end);
          return (
            bar && (
              <div
                key={started_at}
                className={classes.gap}
                data-reason={reason}
                style={bar}
                title={gapWord(reason)}
                data-testid="gap"
              />
            )
          );
        })}
      </div>
      <div className={classes.lane}>
        {card.findings.map((finding) => {
          const left = spot(Date.parse(finding.since));
          return (
            left !== null && (
              <i
                key={finding.zone_id + finding.since}
                className={classes.finding}
                data-state={finding.state}
                style={at(left)}
                title={`${time(finding.since, zone)} ${findingWords(finding)}`}
              />
            )
          );
        })}
        {card.alerts.map((alert) => {
          const left = spot(Date.parse(alert.since_at));
          return (
            left !== null && (
              <i
                key={alert.id}
                className={classes.alert}
                style={at(left)}
                title={`${time(alert.since_at, zone)} ${alertWords.title(alert)}`}
              />
            )
          );
        })}
      </div>
      {spot(statedMs) !== null && (
        <div className={classes.moment} style={at(spot(statedMs) ?? 0)} />
      )}
      <div className={classes.ticks}>
        {ticksOf(span).map((tick) => (
          <span key={tick} style={at(spot(tick) ?? 0)}>
            {time(tick, zone, false)}
          </span>
        ))}
      </div>
    </>
  );
});
