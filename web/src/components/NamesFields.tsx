import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Names } from "@/api/types";
import { LANGUAGES } from "@/i18n";

interface Props {
  names: Names;
  onChange: (names: Names) => void;
  testId?: string;
}

/** A name in the three languages; what is typed first stands in for the empty ones. */
export function NamesFields({ names, onChange, testId }: Props) {
  const { t } = useTranslation();
  return LANGUAGES.map((language) => (
    <TextInput
      key={language}
      required
      maxLength={200}
      label={t(`plan.names.${language}`)}
      value={names[language]}
      data-testid={testId && `${testId}-${language}`}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        const before = names[language];
        const follow = (other: string) => (other === "" || other === before ? typed : other);
        onChange(
          language === "kk"
            ? { kk: typed, ru: follow(names.ru), en: follow(names.en) }
            : { ...names, [language]: typed },
        );
      }}
    />
  ));
}
