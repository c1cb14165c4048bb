import { useTranslation } from "react-i18next";

/** «No recording: stalled», in the reader's language; a reason that has no word stays a code. */
export function useGapWord(): (reason: string | null) => string {
  const { t, i18n } = useTranslation();
  return (reason) => {
    if (!reason) return t("replay.gap");
    const key = `gap.${reason}`;
    return `${t("replay.gap")}: ${i18n.exists(key) ? t(key) : reason}`;
  };
}
