import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Language } from "@/api/types";
import { LANGUAGE_NAMES, LANGUAGES, setLanguage, useLanguage } from "@/i18n";

export function LanguageSwitch({ full = false }: { full?: boolean }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("app.language")}
      data-testid="language"
      value={useLanguage()}
      onChange={(chosen) => void setLanguage(chosen as Language, true)}
      data={LANGUAGES.map((language) => ({
        value: language,
        label: full ? LANGUAGE_NAMES[language] : language.toUpperCase(),
      }))}
    />
  );
}
