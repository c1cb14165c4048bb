import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDeadZones, useDecideZone } from "@/api/queries/rules";
import type { DeadZone } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";

const COUNTED = "counted";

/** Where vans fall silent: learned from their silences, and decided by people. */
export function DeadZones({ fixed }: { fixed: boolean }) {
  const { t } = useTranslation();
  const zones = useDeadZones();
  const decide = useDecideZone();
  const error = zones.error ?? decide.error;
  return (
    <section data-testid="dead-zones">
      <h2 className={screen.plate}>{t("rule.dead_zones")}</h2>
      <p className={screen.dim}>{t("rule.dead_zones_hint")}</p>
      {error && <ProblemNote error={error} />}
      {zones.data?.length === 0 && <p>{t("rule.no_dead_zones")}</p>}
      <ul className={screen.list} aria-label={t("rule.dead_zones")}>
        {zones.data?.map((zone) => (
          <Zone
            key={zone.cell}
            zone={zone}
            fixed={fixed || decide.isPending}
            onDecide={(decision) => decide.mutate({ cell: zone.cell, decision })}
          />
        ))}
      </ul>
    </section>
  );
}

interface Props {
  zone: DeadZone;
  fixed: boolean;
  onDecide: (decision: DeadZone["decision"]) => void;
}

function Zone({ zone, fixed, onDecide }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime, duration, number } = useFormats();
  const middle = (edge: number) => number(edge + zone.side_deg / 2, 3);
  const words = { counted: "rule.counted", known: "rule.known", ignored: "rule.ignored" } as const;
  return (
    <li className={screen.row} data-testid="dead-zone">
      <strong>{nameOf(zone.name)}</strong>
      <span className={screen.dim}>
        {middle(zone.south)}°, {middle(zone.west)}°
      </span>
      <span>{t("rule.silences", { n: zone.silences })}</span>
      <span>{t("rule.longest", { for: duration(zone.longest_s) })}</span>
      <span className={screen.dim}>{dateTime(zone.last_at)}</span>
      <span>{t(zone.known ? "rule.is_dead" : "rule.is_not")}</span>
      <span className={screen.acts}>
        <Select
          size="xs"
          disabled={fixed}
          allowDeselect={false}
          aria-label={t("rule.decision")}
          value={zone.decision ?? COUNTED}
          data={Object.entries(words).map(([value, label]) => ({ value, label: t(label) }))}
          onChange={(value) => onDecide(value === COUNTED ? null : (value as DeadZone["decision"]))}
        />
      </span>
    </li>
  );
}
