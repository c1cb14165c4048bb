import { useTranslation } from "react-i18next";
import type { PreviewDay } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";

const SHOWN_DAYS = 12;

/** The next days of a timetable that is being made, and where the van is taken. */
export function Preview({
  preview: { data, error },
}: {
  preview: { data: PreviewDay[] | undefined; error: Error | null };
}) {
  const { t } = useTranslation();
  const { day, time } = useFormats();
  if (error) return <ProblemNote error={error} />;
  if (!data) return null;
  return (
    <section aria-live="polite" data-testid="timetable-preview">
      <h3 className={screen.plate}>
        {t("timetable.preview")}{" "}
        <span className={screen.dim}>{t("timetable.preview_all", { n: data.length })}</span>
      </h3>
      {data.length === 0 && <p>{t("timetable.preview_none")}</p>}
      <ol className={classes.days}>
        {data.slice(0, SHOWN_DAYS).map((one) => (
          <li key={one.start_at} data-taken={one.taken}>
            {day(one.service_date)}
            <span className={screen.dim}>
              {time(one.start_at, undefined, false)}–{time(one.end_at, undefined, false)}
            </span>
            {one.taken && <span className={screen.reason}>{t("timetable.taken")}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
