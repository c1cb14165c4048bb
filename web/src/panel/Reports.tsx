import { DEFAULT_ZONE, formatTime } from "@/i18n/formats";
import type { Home, Kind, Said } from "./facts";
import { useWords } from "./words";

const clock = (moment: string) => formatTime(moment, DEFAULT_ZONE, false);

const ALARMING = new Set<Kind>(["problem", "sos"]);

interface OpenProps {
  open: Home["open_reports"];
  said: readonly Said[];
}

/** Problems and calls for help that wait here, and what the centre has not resolved yet. */
export function OpenReports({ open, said }: OpenProps) {
  const { t } = useWords();
  const waiting = said.filter(
    ({ fate, report }) => fate === "waiting" && ALARMING.has(report.kind),
  );
  if (open.length + waiting.length === 0) return null;
  return (
    <section>
      <h3>{t("open_reports")}</h3>
      <ul className="reports" data-testid="open-reports">
        {waiting.map(({ key, report: { kind, problem, note, happened_at } }) => (
          <li key={key} data-kind={kind}>
            {problem ? t(`problem_kind.${problem}`) : t(kind)}
            {note && <> · {note}</>}
            <span className="bad">{t("fate.waiting", { at: clock(happened_at) })}</span>
          </li>
        ))}
        {open.map(({ id, kind, problem, note, happened_at, state }) => (
          <li key={id} data-kind={kind}>
            {clock(happened_at)} · {problem ? t(`problem_kind.${problem}`) : t(kind)}
            {note && <> · {note}</>}
            <span className="dim">{t(`report_state.${state}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the centre will never take, with its reason; it stays until somebody has read it. */
export function RefusedReports({
  said,
  onRead,
}: {
  said: readonly Said[];
  onRead: (key: number) => void;
}) {
  const { t } = useWords();
  const refused = said.filter(({ fate }) => fate === "refused");
  if (refused.length === 0) return null;
  return (
    <section>
      <h3>{t("refused_title")}</h3>
      <ul className="reports" data-testid="refused">
        {refused.map(({ key, report, why }) => (
          <li key={key}>
            {clock(report.happened_at)} · {t(report.kind)}
            <span className="bad">{why}</span>
            <button type="button" className="small" onClick={() => onRead(key)}>
              {t("refused_read")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
