import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useComingComplaint } from "@/api/queries/complaints";
import type { ComplaintSummary, ServiceCode } from "@/api/types";
import { ClockMark } from "@/components/ClockMark";
import { ComplaintStateMark } from "@/components/Marks";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Complaints.module.css";

interface Props {
  complaint: ComplaintSummary;
  codes: readonly ServiceCode[];
}

export function ComplaintRow({ complaint, codes }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime } = useFormats();
  const coming = useComingComplaint();
  const category = codes.find(({ code }) => code === complaint.service_code);
  return (
    <Link
      to="/complaints/$id"
      params={{ id: complaint.id }}
      className={classes.row}
      data-testid="complaint-row"
      data-number={complaint.number}
      onPointerDown={({ button, pointerType }) => {
        // Pressed, not only pointed at: a card is read and watched by who opens it.
        if (button === 0 && pointerType === "mouse") coming(complaint.id);
      }}
    >
      <span className={classes.number}>{complaint.number}</span>
      <ComplaintStateMark state={complaint.state} />
      <span className={classes.what}>
        <strong>{category ? nameOf(category.name) : complaint.service_code}</strong>
        <span className={classes.text}>{complaint.description}</span>
      </span>
      <span>
        {nameOf(complaint.office.name)}
        {complaint.window && ` · ${t("office.window", { n: complaint.window.number })}`}
      </span>
      <time className={classes.dim}>{dateTime(complaint.happened_at)}</time>
      <span className={classes.clocks}>
        {complaint.clocks.map((clock) => (
          <ClockMark key={clock.kind} clock={clock} />
        ))}
      </span>
    </Link>
  );
}
