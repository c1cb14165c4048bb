import { useTranslation } from "react-i18next";
import type { AlertState, ComplaintState, Freshness, Severity } from "@/api/types";
import classes from "./Marks.module.css";
import { Shape, type ShapeName } from "./Shape";

const SEVERITY: Record<Severity, ShapeName> = {
  info: "circle",
  warning: "triangle",
  critical: "octagon",
};

/** Severity in colour, shape and word. */
export function SeverityMark({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  return (
    <span className={classes.mark} data-tone={severity}>
      <Shape name={SEVERITY[severity]} />
      {t(`severity.${severity}`)}
    </span>
  );
}

const ALERT: Record<AlertState, [ShapeName, string]> = {
  open: ["circle", "open"],
  acknowledged: ["half", "warning"],
  resolved: ["check", "restored"],
};

export function AlertStateMark({ state }: { state: AlertState }) {
  const { t } = useTranslation();
  const [shape, tone] = ALERT[state];
  return (
    <span className={classes.mark} data-tone={tone}>
      <Shape name={shape} />
      {t(`alert.state.${state}`)}
    </span>
  );
}

const COMPLAINT: Record<ComplaintState, [ShapeName, string]> = {
  received: ["ring", "info"],
  registered: ["circle", "info"],
  reopened: ["circle", "warning"],
  investigating: ["half", "warning"],
  acting: ["half", "warning"],
  short_answer_sent: ["half", "info"],
  full_answer_sent: ["half", "info"],
  closed: ["check", "restored"],
  withdrawn: ["dash", "stale"],
};

export function ComplaintStateMark({ state }: { state: ComplaintState }) {
  const { t } = useTranslation();
  const [shape, tone] = COMPLAINT[state];
  return (
    <span
      className={classes.mark}
      data-tone={tone}
      data-testid="complaint-state"
      data-state={state}
    >
      <Shape name={shape} />
      {t(`complaint.states.${state}`)}
    </span>
  );
}

const FRESHNESS: Record<Freshness, [ShapeName, string]> = {
  online: ["circle", "info"],
  stale: ["ring", "warning"],
  lost: ["dash", "stale"],
  never: ["dash", "stale"],
};

export function FreshnessMark({ freshness }: { freshness: Freshness }) {
  const { t } = useTranslation();
  const [shape, tone] = FRESHNESS[freshness];
  return (
    <span className={classes.mark} data-tone={tone}>
      <Shape name={shape} />
      {t(`freshness.${freshness}`)}
    </span>
  );
}
