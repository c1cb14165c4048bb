/** The panel's own words, apart from the desk's: a phone loads only what it shows. */

import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language, Names } from "./facts";
import en from "./words/en.json";
import kk from "./words/kk.json";
import ru from "./words/ru.json";

export const LANGUAGES: readonly Language[] = ["kk", "ru", "en"];
const STORED = "ahual.van.language";

const known = (value: string | null): Language =>
  LANGUAGES.find((language) => language === value) ?? "kk";

export async function startWords(): Promise<void> {
  const mark = () => {
    document.documentElement.lang = i18next.language;
    document.title = i18next.t("title");
  };
  await i18next.use(initReactI18next).init({
    lng: known(localStorage.getItem(STORED)),
    fallbackLng: "kk",
    resources: { kk: { translation: kk }, ru: { translation: ru }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  mark();
  i18next.on("languageChanged", mark);
}

export function speak(language: Language): void {
  localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
}

export function useWords() {
  const { t, i18n } = useTranslation();
  const language = known(i18n.language);
  return { t, language, nameOf: (names: Names) => names[language] || names.ru || names.kk };
}
