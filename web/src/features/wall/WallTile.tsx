import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCan } from "@/api/queries/session";
import type { Alert, Camera, Office } from "@/api/types";
import { LinkButton } from "@/components/LinkButton";
import { LiveView } from "@/components/LiveView";
import { SeverityMark } from "@/components/Marks";
import { useAlertWords } from "@/components/useAlertWords";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { PresetButtons } from "./PresetButtons";
import { TalkButton } from "./TalkButton";
import { TileReadings } from "./TileReadings";
import classes from "./Wall.module.css";

interface Props {
  n: number;
  camera: Camera | null;
  office: Office | null;
  focused: boolean;
  /** Another tile covers this one. */
  hidden: boolean;
  /** The alert that holds this tile now. */
  attention: Alert | null;
  border: Alert | null;
  onFocus: () => void;
  onPick: () => void;
  onAcknowledge: () => void;
  onRelease: () => void;
}

export function WallTile(props: Props) {
  const { n, camera, office, focused, attention, border } = props;
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const zone = office?.time_zone ?? DEFAULT_ZONE;

  return (
    <section
      className={classes.tile}
      data-testid={`tile-${n}`}
      data-camera={camera?.id}
      data-focused={focused}
      inert={props.hidden}
      data-attention-alert={attention?.id}
      data-severity={border?.severity}
      data-alert-state={border?.state}
      aria-label={t("wall.tile", { n })}
    >
      {camera ? (
        <LiveView
          cameraId={camera.id}
          name={`${nameOf(camera.office_name)}, ${nameOf(camera.name)}`}
          zone={zone}
          stream={focused ? "main" : "sub"}
          focused={focused}
          ageTestId={`tile-age-${n}`}
        >
          <div className={classes.names}>
            <strong>{nameOf(camera.office_name)}</strong>
            <span>{nameOf(camera.name)}</span>
          </div>
          {attention && (
            <span className={classes.attention} title={t("wall.attention_tile")}>
              ◎ <span>{t("wall.attention")}</span>
            </span>
          )}
        </LiveView>
      ) : (
        <div className={classes.empty}>
          <span>{t("wall.empty_tile")}</span>
          <Button variant="default" size="xs" onClick={props.onPick}>
            {t("wall.pick")}
          </Button>
        </div>
      )}
      {camera && (
        <button type="button" className={classes.hit} onClick={props.onFocus}>
          <span className={classes.hidden}>{t(focused ? "wall.unfocus" : "wall.focus")}</span>
        </button>
      )}
      <div className={classes.bottom}>
        {border && <TileAlert alert={border} />}
        {attention && (
          <div className={classes.actions}>
            {attention.complaint_id && (
              <LinkButton
                size="compact-xs"
                to="/complaints/$id"
                params={{ id: attention.complaint_id }}
                data-testid="attention-card"
              >
                {t("alert.open_card")}
              </LinkButton>
            )}
            <Button size="compact-xs" variant="default" onClick={props.onAcknowledge}>
              {t("alert.acknowledge")}
            </Button>
            <Button size="compact-xs" variant="default" onClick={props.onRelease}>
              {t("wall.release")}
            </Button>
          </div>
        )}
        {camera && focused && can("cameras.turn") && <PresetButtons cameraId={camera.id} />}
        {camera && focused && can("talk") && <TalkButton key={camera.id} cameraId={camera.id} />}
        {camera && (
          <TileReadings n={n} camera={camera} office={office} zone={zone} onPick={props.onPick} />
        )}
      </div>
    </section>
  );
}

function TileAlert({ alert }: { alert: Alert }) {
  const words = useAlertWords();
  return (
    <Link to="/alerts" search={{ id: alert.id }} className={classes.alert}>
      <SeverityMark severity={alert.severity} /> {words.title(alert)}
    </Link>
  );
}
