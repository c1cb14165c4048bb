/** Every visible word comes from kk.json, ru.json or en.json. */

import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language, Names } from "@/api/types";
import en from "./en.json";
import kk from "./kk.json";
import ru from "./ru.json";

export const LANGUAGES: readonly Language[] = ["kk", "ru", "en"];
/** What each language calls itself; the same in every language. */
export const LANGUAGE_NAMES: Names = { kk: "Қазақша", ru: "Русский", en: "English" };
const STORED = "ahual.language";

const isLanguage = (value: string | null | undefined): value is Language =>
  LANGUAGES.some((known) => known === value);

export const chosenLanguage = (): Language | null => {
  const stored = localStorage.getItem(STORED);
  return isLanguage(stored) ? stored : null;
};

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: chosenLanguage() ?? "kk",
    fallbackLng: "en",
    supportedLngs: [...LANGUAGES],
    resources: { kk: { translation: kk }, ru: { translation: ru }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  markPage();
  i18next.on("languageChanged", markPage);
}

function markPage(): void {
  document.documentElement.lang = i18next.language;
  document.title = i18next.t("app.name");
}

/** `remember`: the person chose it here; otherwise it comes from the account. */
export async function setLanguage(language: Language, remember: boolean): Promise<void> {
  if (remember) localStorage.setItem(STORED, language);
  if (i18next.language !== language) await i18next.changeLanguage(language);
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return isLanguage(i18n.language) ? i18n.language : "en";
}

/** Picks the name in the language of the page. */
export function useNames(): (names: Names | null | undefined) => string {
  const language = useLanguage();
  return (names) => names?.[language] || names?.ru || names?.en || "";
}
