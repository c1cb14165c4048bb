import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VanIn } from "@/api/types";
import { placeOf } from "./place";

type Base = VanIn["base"];

/** Where a van stands over night, typed as latitude and longitude; empty: it is not known. */
export function BaseFields({ base, onChange }: { base: Base; onChange: (base: Base) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(base ? `${base.latitude}, ${base.longitude}` : "");
  const wrong = typed.trim() !== "" && placeOf(typed) === null;
  return (
    <TextInput
      label={t("device.base")}
      placeholder="43.2567, 76.9286"
      value={typed}
      error={wrong ? t("device.base_wrong") : null}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(placeOf(event.currentTarget.value));
      }}
    />
  );
}
