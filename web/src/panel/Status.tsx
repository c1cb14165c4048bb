import { DEFAULT_ZONE, formatDate, formatTime, inputValues } from "@/i18n/formats";
import type { PanelState } from "./panel";
import { useWords } from "./words";

const WRONG_CLOCK_MIN = 3;

interface Props {
  state: PanelState;
  waiting: number;
  now: number;
  onSend: () => void;
}

/** Whether the centre is reached, when it last was, and what waits: said plainly, in words. */
export function Status({ state, waiting, now, onSend }: Props) {
  const { t, language } = useWords();
  const { contact, reached, aheadMs } = state;
  const at = contact?.at;
  const today = (moment: number) => inputValues(moment, DEFAULT_ZONE).day;
  const clock = (moment: number) => formatTime(moment, DEFAULT_ZONE, false);
  const when = (moment: number) =>
    today(moment) === today(now)
      ? clock(moment)
      : `${formatDate(moment, DEFAULT_ZONE, language)}, ${clock(moment)}`;
  const minutes = aheadMs === null ? 0 : Math.round(aheadMs / 60_000);
  const word = reached === null ? "connecting" : reached ? "online" : "offline";

  return (
    <section className="status" data-state={word} aria-live="polite" data-testid="status">
      <p className="state">
        <span className="mark" aria-hidden />
        {t(word)}
      </p>
      <p className="dim">{at ? t("last_contact", { at: when(at) }) : t("never_reached")}</p>
      <p data-testid="waiting" data-count={waiting}>
        {waiting > 0 ? t("waiting", { n: waiting }) : t("nothing_waits")}
      </p>
      {waiting > 0 && reached === false && <p className="dim">{t("kept_here")}</p>}
      {waiting > 0 && (
        <button type="button" className="small" onClick={onSend}>
          {t("send_now")}
        </button>
      )}
      {Math.abs(minutes) >= WRONG_CLOCK_MIN && (
        <p className="bad">
          {t(minutes > 0 ? "clock_ahead" : "clock_behind", { n: Math.abs(minutes) })}
        </p>
      )}
      {!window.isSecureContext && <p className="bad">{t("not_secure")}</p>}
    </section>
  );
}
