import { type ReactNode, useId } from "react";
import type { Home, Said } from "./facts";
import { useHold } from "./useHold";
import { useWords } from "./words";

const HOLD_MS = 2000;
const SHOWN_MS = 12 * 3_600_000;

interface Props {
  said: readonly Said[];
  open: Home["open_reports"];
  now: number;
  onSos: () => void;
  /** Stands beside the button, above its hint. */
  children: ReactNode;
}

/** How far the last call for help has come; null where there is none that matters now. */
function progress(said: readonly Said[], open: Home["open_reports"], now: number) {
  const last = said.findLast(({ report }) => report.kind === "sos");
  const theirs = open.find(({ kind }) => kind === "sos");
  const fresh = last && now - Date.parse(last.report.happened_at) < SHOWN_MS;
  if (fresh && last.fate === "waiting") return "sos_waits";
  if (!theirs) return null;
  return theirs.state === "acknowledged" ? "sos_seen" : "sos_sent";
}

export function SosButton({ said, open, now, onSos, children }: Props) {
  const { t } = useWords();
  const hint = useId();
  const { holding, handlers } = useHold(HOLD_MS, () => {
    navigator.vibrate?.(300);
    onSos();
  });
  const come = progress(said, open, now);

  return (
    <>
      <div
        role="status"
        aria-live="assertive"
        className="said"
        data-testid="sos-progress"
        data-come={come}
      >
        {come && <p className={come === "sos_seen" ? "good" : "bad"}>{t(come)}</p>}
        {come === "sos_waits" && (
          <a className="big call" href="tel:112">
            {t("call_112")}
          </a>
        )}
      </div>
      <div className="beside">
        {children}
        <p id={hint} className="dim">
          {holding ? t("sos_keep_holding") : t("sos_hold")}
        </p>
      </div>
      <button
        type="button"
        className="sos"
        data-testid="sos"
        data-holding={holding || undefined}
        aria-describedby={hint}
        {...handlers}
      >
        <svg className="ring" viewBox="0 0 120 120" aria-hidden>
          <circle className="track" cx="60" cy="60" r="54" pathLength="100" />
          <circle className="run" cx="60" cy="60" r="54" pathLength="100" />
        </svg>
        <span>{t("sos")}</span>
      </button>
    </>
  );
}
