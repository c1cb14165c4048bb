import { useTranslation } from "react-i18next";
import type { Finding } from "@/api/types";

/** A finding in a sentence: «Window 3: empty», "Queue: 7 people". */
export function useFindingWords(): (finding: Finding) => string {
  const { t } = useTranslation();
  return ({ zone_kind, window_number, state, people }) => {
    if (zone_kind === "queue") {
      return people === null ? t("card.find_queue_unknown") : t("card.find_queue", { n: people });
    }
    const word = t(`presence.${state}`);
    if (window_number !== null) return t("presence.window", { n: window_number, state: word });
    return t("card.find_zone", { zone: t(`zone.${zone_kind}`), state: word });
  };
}
