import { useTranslation } from "react-i18next";
import type { Recordings } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import { useGapWord } from "./useGapWord";
import type { Span } from "./timeline";
import classes from "./Timeline.module.css";

interface Props {
  gaps: Recordings["gaps"];
  span: Span;
  zone: string;
  onSeek: (atMs: number) => void;
}

const MOST = 6;

/** What is missing in the span and why, longest first; a click goes to where footage begins again. */
export function GapList({ gaps, span, zone, onSeek }: Props) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const gapWord = useGapWord();
  const cut = gaps
    .map(({ started_at, ended_at, reason }) => ({
      fromMs: Math.max(Date.parse(started_at), span.fromMs),
      toMs: Math.min(ended_at ? Date.parse(ended_at) : span.toMs, span.toMs),
      reason,
    }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((one, other) => other.toMs - other.fromMs - (one.toMs - one.fromMs));
  if (cut.length === 0) return null;
  return (
    <ul className={classes.gaps} aria-label={t("replay.gaps")} data-testid="gap-list">
      {cut.slice(0, MOST).map(({ fromMs, toMs, reason }) => (
        <li key={`${fromMs}${reason}`}>
          <button type="button" onClick={() => onSeek(toMs)}>
            {time(fromMs, zone)}–{time(toMs, zone)} {gapWord(reason)}
          </button>
        </li>
      ))}
      {cut.length > MOST && <li>{t("replay.more_gaps", { n: cut.length - MOST })}</li>}
    </ul>
  );
}
