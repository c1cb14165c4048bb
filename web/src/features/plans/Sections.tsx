import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./Plans.module.css";

const SECTIONS = [{ to: "/plans", label: "plan.board" }] as const;

/** The parts of planning, above each of its screens. */
export function Sections() {
  const { t } = useTranslation();
  return (
    <nav className={classes.sections} aria-label={t("plan.sections")}>
      {SECTIONS.map(({ to, label }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
