import { Button, Group, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlert, type AlertMove } from "@/api/queries/alerts";
import { useOffices } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import { LinkButton } from "@/components/LinkButton";
import { WaitingNote } from "@/components/WaitingNote";
import { LiveView } from "@/components/LiveView";
import { Loading } from "@/components/Loading";
import { AlertStateMark, SeverityMark } from "@/components/Marks";
import { ProblemNote } from "@/components/ProblemNote";
import { useAlertWords } from "@/components/useAlertWords";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import { AlertFacts } from "./AlertFacts";
import classes from "./Alerts.module.css";

interface Props {
  id: string;
  busy: boolean;
  onMove: (move: AlertMove, note: string) => void;
}

/** One alert: what happened, the live picture of its camera, what to do with it. */
export function AlertDetails({ id, busy, onMove }: Props) {
  const { t, i18n } = useTranslation();
  const words = useAlertWords();
  const nameOf = useNames();
  const { time } = useFormats();
  const can = useCan();
  const { data: alert, error, refetch } = useAlert(id);
  const { data: offices } = useOffices();
  const [note, setNote] = useState("");

  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!alert) return <Loading />;
  const office = offices?.find((one) => one.id === alert.office?.id);
  const zone = office?.time_zone ?? DEFAULT_ZONE;
  const updateWord = (kind: string) => {
    const key = `alert.update.${kind}`;
    return i18n.exists(key) ? t(key) : kind;
  };

  return (
    <>
      <header className={classes.head}>
        <Title order={1} size="h3">
          {words.title(alert)}
        </Title>
        <Group gap="md">
          <SeverityMark severity={alert.severity} />
          <AlertStateMark state={alert.state} />
          <span>{words.place(alert)}</span>
        </Group>
      </header>
      {alert.complaints.length > 0 && (
        <Group gap="xs">
          {alert.complaints.map((complaint) => (
            <LinkButton
              key={complaint.id}
              to="/complaints/$id"
              params={{ id: complaint.id }}
              data-testid="alert-complaint"
            >
              {t("alert.open_card")} {complaint.number}
            </LinkButton>
          ))}
        </Group>
      )}
      {alert.vehicle_id && (
        <Group gap="xs">
          <LinkButton to="/map" search={{ vehicle: alert.vehicle_id }} data-testid="alert-map">
            {t("alert.on_map")}
          </LinkButton>
          <LinkButton
            variant="default"
            to="/map"
            search={{ vehicle: alert.vehicle_id, at: alert.since_at }}
            data-testid="alert-map-then"
          >
            {t("map.view_then")}
          </LinkButton>
        </Group>
      )}
      <div className={classes.body}>
        {can("live.view") &&
          !alert.vehicle_id &&
          (alert.camera ? (
            <div className={classes.picture}>
              <LiveView
                cameraId={alert.camera.id}
                name={nameOf(alert.camera.name)}
                zone={zone}
                stream="main"
                focused
                ageTestId="alert-age"
              >
                <strong>{nameOf(alert.camera.name)}</strong>
              </LiveView>
            </div>
          ) : (
            <p>{t("alert.no_camera")}</p>
          ))}
        <section className={classes.side}>
          <AlertFacts alert={alert} zone={zone} />
          <WaitingNote waiting={office?.waiting ?? null} />
          {can("alerts.act") && alert.state !== "resolved" && (
            <div className={classes.acts}>
              <Textarea
                label={t("alert.note")}
                autosize
                minRows={1}
                value={note}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
              <Group gap="xs">
                {alert.state === "open" && (
                  <Button
                    loading={busy}
                    data-testid="alert-ack"
                    onClick={() => onMove("acknowledge", note)}
                  >
                    {t("alert.acknowledge")} (A)
                  </Button>
                )}
                <Button
                  variant="default"
                  loading={busy}
                  data-testid="alert-resolve"
                  onClick={() => onMove("resolve", note)}
                >
                  {t("alert.resolve")} (R)
                </Button>
                {office?.phone && (
                  <Button variant="default" component="a" href={`tel:${office.phone}`}>
                    {t("office.call")} {office.phone}
                  </Button>
                )}
              </Group>
            </div>
          )}
          <Title order={2} size="h5">
            {t("alert.history")}
          </Title>
          <ol className={classes.history}>
            {alert.updates.map((update) => (
              <li key={`${update.at}${update.kind}`}>
                <time>{time(update.at, zone)}</time> {updateWord(update.kind)}
                {update.by && ` · ${update.by.full_name}`}
                {update.note && ` · ${update.note}`}
              </li>
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}
