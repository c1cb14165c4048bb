import { Select, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useVehicles } from "@/api/queries/places";
import { useVanRules } from "@/api/queries/rules";
import { useCan, useMe } from "@/api/queries/session";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { narrowed, NO_RULES } from "@/components/vanRules";
import screen from "@/styles/screen.module.css";
import { DeadZones } from "./DeadZones";
import { RulesForm } from "./RulesForm";

const FLEET = "fleet";

/** What vans are judged by: for all of them, and where one differs. */
export function RulesScreen() {
  const { t } = useTranslation();
  const rules = useVanRules();
  const vehicles = useVehicles();
  const can = useCan();
  const { data: me } = useMe();
  const [chosen, setChosen] = useState(FLEET);
  const all = rules.data;
  const own = all?.vans.find(({ vehicle_id }) => vehicle_id === chosen)?.rules;
  const differing = new Set(all?.vans.map(({ vehicle_id }) => vehicle_id));
  const ofCentre = can("vans.plan") && me?.region_id === null;

  return (
    <div className={screen.screen} data-testid="rules">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.rules")}
        </Title>
        <Select
          searchable
          allowDeselect={false}
          size="xs"
          aria-label={t("rule.whose")}
          value={chosen}
          data={[
            { value: FLEET, label: t("rule.fleet") },
            ...(vehicles.data ?? []).map(({ id, plate }) => ({
              value: id,
              label: differing.has(id) ? `${plate} · ${t("rule.differs")}` : plate,
            })),
          ]}
          data-testid="rules-whose"
          onChange={(id) => setChosen(id ?? FLEET)}
        />
      </div>
      <p className={screen.dim}>{t("rule.hint")}</p>
      {rules.error && <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isLoading && <Loading />}
      {all && (
        <RulesForm
          key={chosen}
          vehicleId={chosen === FLEET ? null : chosen}
          start={chosen === FLEET ? all.fleet : (own ?? NO_RULES)}
          wider={chosen === FLEET ? all.defaults : narrowed(all.defaults, all.fleet)}
          fixed={chosen === FLEET ? !ofCentre : !can("vans.plan")}
        />
      )}
      <DeadZones fixed={!ofCentre} />
    </div>
  );
}
