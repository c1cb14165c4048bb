import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import * as formats from "./formats";
import { useLanguage } from "./index";

/** Formatters bound to the language of the page. */
export function useFormats() {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(
    () => ({
      dateTime: (moment: string | number | Date, zone = formats.DEFAULT_ZONE) =>
        formats.formatDateTime(moment, zone, language),
      day: (isoDay: string) => formats.formatDay(isoDay, language),
      time: (moment: string | number | Date, zone = formats.DEFAULT_ZONE, seconds = true) =>
        formats.formatTime(moment, zone, seconds),
      number: (value: number, decimals = 0) => formats.formatNumber(value, language, decimals),
      duration: (seconds: number) =>
        formats
          .splitDuration(seconds)
          .map(([value, unit]) => `${value} ${t(`unit.${unit}`)}`)
          .join(" "),
    }),
    [language, t],
  );
}
