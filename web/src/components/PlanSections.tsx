import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCan } from "@/api/queries/session";
import classes from "./PlanSections.module.css";

const SECTIONS = [
  { to: "/plans", label: "plan.board" },
  { to: "/plans/routes", label: "plan.routes" },
  { to: "/plans/timetables", label: "plan.timetables" },
  { to: "/plans/crew", label: "plan.crew" },
  { to: "/plans/fences", label: "plan.fences" },
  { to: "/plans/rules", label: "plan.rules" },
] as const;

/** The parts of planning, above each of its screens. */
export function PlanSections() {
  const { t } = useTranslation();
  const can = useCan();
  const shown = SECTIONS.filter(({ to }) => to !== "/plans/crew" || can("vans.plan"));
  return (
    <nav className={classes.sections} aria-label={t("plan.sections")}>
      {shown.map(({ to, label }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
