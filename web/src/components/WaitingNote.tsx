import { useTranslation } from "react-i18next";
import type { Waiting } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";

/** How long people wait at an office, with the band it lies in, and what the tickets say. */
export function WaitingNote({ waiting }: { waiting: Waiting | null }) {
  const { t } = useTranslation();
  const { duration } = useFormats();
  if (!waiting) return null;
  const { wait, forecast_s, forecast_high_s, tickets } = waiting;
  const lines = [
    wait &&
      (wait.high_s === null
        ? t("queue.wait_least", { low: duration(wait.low_s) })
        : t("queue.wait_band", { low: duration(wait.low_s), high: duration(wait.high_s) })),
    forecast_s !== null &&
      forecast_high_s !== null &&
      t("queue.forecast", { time: duration(forecast_s), high: duration(forecast_high_s) }),
    tickets &&
      tickets.difference_s !== null &&
      t("queue.tickets", {
        time: duration(tickets.wait_s),
        difference: duration(Math.abs(tickets.difference_s)),
      }),
  ].filter((line): line is string => typeof line === "string");
  return lines.length === 0 ? null : (
    <div data-testid="waiting">
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}
