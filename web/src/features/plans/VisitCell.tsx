import { useTranslation } from "react-i18next";
import { useVanRules } from "@/api/queries/rules";
import type { Trip, Visit, VisitState } from "@/api/types";
import { Shape, type ShapeName } from "@/components/Shape";
import { rulesOf } from "@/components/vanRules";
import { VillageShare } from "@/components/VillageShare";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import { isUnheard, minutesBehind, punctuality } from "./board";
import classes from "./Plans.module.css";

const SHAPES: Record<VisitState, ShapeName> = {
  planned: "ring",
  arrived: "circle",
  served: "check",
  passed: "triangle",
  skipped: "dash",
};

/** A stop of a trip: the plan above, what really was below. */
export function VisitCell({ visit, trip }: { visit: Visit; trip: Trip }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { time } = useFormats();
  const { data: rules } = useVanRules();
  const short = (moment: string) => time(moment, undefined, false);
  const behind = minutesBehind(visit);
  const judged = punctuality(behind, rulesOf(rules, trip.vehicle_id));
  const minutes = Math.abs(behind ?? 0);
  const unheard = isUnheard(visit, trip);

  return (
    <li
      className={classes.visit}
      data-state={unheard ? "unheard" : visit.state}
      data-punctuality={judged}
      data-testid="visit"
      title={visit.inferred ? t("plan.inferred") : undefined}
    >
      <VillageShare named village={visit.village} name={nameOf(visit.name)} />
      <span className={classes.planned}>
        {short(visit.planned_arrival_at)}–{short(visit.planned_departure_at)}
      </span>
      <span className={classes.actual}>
        <Shape name={unheard ? "dash" : SHAPES[visit.state]} size={10} />
        {visit.arrived_at
          ? short(visit.arrived_at) + (visit.departed_at ? `–${short(visit.departed_at)}` : "")
          : visit.state === "planned" && visit.expected_at
            ? t("plan.expected", { at: short(visit.expected_at) })
            : t(`plan.visit_state.${unheard ? "unheard" : visit.state}`)}
        {visit.inferred && " ?"}
      </span>
      {(visit.arrived_at ?? visit.expected_at) && visit.state !== "planned" && (
        <span className={classes.word}>{t(`plan.visit_state.${visit.state}`)}</span>
      )}
      {judged === "late" && (
        <span className={classes.word}>
          {t(visit.arrived_at ? "plan.late" : "plan.late_soon", { n: minutes })}
        </span>
      )}
      {judged === "early" && (
        <span className={classes.word}>{t("plan.early", { n: minutes })}</span>
      )}
      {visit.people_served !== null && (
        <span className={classes.word}>{t("plan.people", { n: visit.people_served })}</span>
      )}
    </li>
  );
}
