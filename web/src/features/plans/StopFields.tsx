import { Button, Group, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { VanStopIn } from "@/api/types";
import { NamesFields } from "@/components/NamesFields";
import { VillageShare } from "@/components/VillageShare";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";

interface Props {
  number: number;
  stop: VanStopIn;
  onChange: (stop: VanStopIn) => void;
  onRemove: () => void;
}

const MINUTE_S = 60;

/** A village of a route: its name, when the van comes, how long it stays. */
export function StopFields({ number, stop, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const minutes = (label: string, key: "arrive_after_s" | "stay_s" | "served_after_s") => (
    <NumberInput
      label={t(label)}
      required
      min={key === "stay_s" ? 1 : 0}
      max={key === "arrive_after_s" ? 7 * 1440 : 1440}
      allowDecimal={false}
      value={Math.round((stop[key] ?? 0) / MINUTE_S)}
      onChange={(value) => onChange({ ...stop, [key]: Number(value) * MINUTE_S })}
    />
  );
  return (
    <fieldset className={classes.stop}>
      <legend>{t("route.stop", { n: number })}</legend>
      <div className={screen.fields}>
        <NamesFields names={stop.name} onChange={(name) => onChange({ ...stop, name })} />
        {minutes("route.arrive", "arrive_after_s")}
        {minutes("route.stay", "stay_s")}
        {minutes("route.served_after", "served_after_s")}
        <NumberInput
          label={t("route.radius")}
          required
          min={50}
          max={1000}
          value={stop.radius_m ?? 150}
          onChange={(value) => onChange({ ...stop, radius_m: Number(value) })}
        />
      </div>
      <Group gap="xs">
        <Button size="compact-sm" variant="subtle" onClick={onRemove}>
          {t("route.remove_stop")}
        </Button>
        {stop.village && <VillageShare village={stop.village} name={nameOf(stop.name)} />}
      </Group>
    </fieldset>
  );
}
