import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ComplaintCard } from "@/api/types";
import { AlertStateMark } from "@/components/Marks";
import { useAlertWords } from "@/components/useAlertWords";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";
import { useFindingWords } from "./useFindingWords";

/** What the cameras found around that time, and the alerts that belong to the complaint. */
export function Ties({ card, zone }: { card: ComplaintCard; zone: string }) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const alertWords = useAlertWords();
  const findingWords = useFindingWords();
  return (
    <section>
      <Title order={2} size="h5">
        {t("card.findings")}
      </Title>
      {card.findings.length === 0 && <p className={classes.dim}>{t("card.no_findings")}</p>}
      <ul className={classes.list}>
        {card.findings.map((finding) => (
          <li key={finding.zone_id + finding.since} data-testid="finding">
            <time>{time(finding.since, zone)}</time> {findingWords(finding)}
          </li>
        ))}
      </ul>
      <Title order={2} size="h5" mt="sm">
        {t("card.alerts")}
      </Title>
      {card.alerts.length === 0 && <p className={classes.dim}>{t("card.no_alerts")}</p>}
      <ul className={classes.list}>
        {card.alerts.map((alert) => (
          <li key={alert.id} data-testid="tied-alert" data-rule={alert.rule}>
            <time>{time(alert.since_at, zone)}</time>{" "}
            <Link to="/alerts" search={{ id: alert.id }} className={classes.link}>
              {alertWords.title(alert)}
            </Link>{" "}
            <AlertStateMark state={alert.state} />
            {alert.vehicle_id && (
              <>
                {" "}
                <Link
                  to="/map"
                  search={{ vehicle: alert.vehicle_id, at: alert.since_at }}
                  className={classes.link}
                >
                  {t("map.view_then")}
                </Link>
              </>
            )}
          </li>
        ))}
      </ul>
      {card.holds.map((hold) => (
        <p key={hold.id} className={classes.dim} data-testid="hold">
          {t("card.holds", { from: time(hold.starts_at, zone), to: time(hold.ends_at, zone) })}
        </p>
      ))}
    </section>
  );
}
