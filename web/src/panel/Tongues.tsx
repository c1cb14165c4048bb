import { LANGUAGES, speak, useWords } from "./words";

export function Tongues() {
  const { t, language } = useWords();
  return (
    <nav className="tongues" aria-label={t("languages")}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === language}
          onClick={() => speak(one)}
        >
          {one}
        </button>
      ))}
    </nav>
  );
}
