import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Office } from "@/api/types";
import { matches } from "@/components/search";
import { useNames } from "@/i18n";

interface Props {
  inputId: string;
  offices: readonly Office[];
  chosen: Office | null;
  error: string | undefined;
  onChoose: (id: string | null) => void;
}

const MOST_SHOWN = 8;

/** Finds an office by any part of its name, region, code or address, in any of the letters. */
export function OfficePicker({ inputId, offices, chosen, error, onChoose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [typed, setTyped] = useState<string | null>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });

  const found = offices
    .filter(({ name, region, code, address }) =>
      matches(typed ?? "", [...Object.values(name), ...Object.values(region.name), code, address]),
    )
    .slice(0, MOST_SHOWN);
  const type = (text: string) => {
    setTyped(text);
    if (chosen) onChoose(null);
    combobox.openDropdown();
  };
  // The best match is ready for Enter as soon as the list has been drawn anew.
  const selectFirst = useEffectEvent(() => combobox.selectFirstOption());
  useEffect(() => {
    if (typed) selectFirst();
  }, [typed]);

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        onChoose(id);
        setTyped(null);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          id={inputId}
          data-testid="complaint-office"
          label={t("intake.office")}
          description={t("intake.office_hint")}
          autoComplete="off"
          spellCheck={false}
          error={error}
          value={typed ?? (chosen ? `${nameOf(chosen.name)} · ${nameOf(chosen.region.name)}` : "")}
          onChange={(event) => type(event.currentTarget.value)}
          onClick={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            if (chosen) setTyped(null);
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options>
          {found.length === 0 && <Combobox.Empty>{t("intake.no_office")}</Combobox.Empty>}
          {found.map((office) => (
            <Combobox.Option key={office.id} value={office.id} data-testid="office-option">
              <strong>{nameOf(office.name)}</strong> · {nameOf(office.region.name)}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
