import { CloseButton, Group, Paper, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { exportUrl } from "@/api/queries/fleet";
import type { Vehicle, VanNow } from "@/api/types";
import { LiveView } from "@/components/LiveView";
import { FreshnessMark } from "@/components/Marks";
import { VanPanels } from "@/components/VanPanels";
import { VanReports } from "@/components/VanReports";
import { useNow } from "@/components/useNow";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Map.module.css";
import { VanTrip } from "./VanTrip";

interface Props {
  van: Vehicle;
  now: VanNow | undefined;
  /** The local day whose track is drawn, as instants. */
  day: { from: string; to: string };
  onClose: () => void;
}

/** A van up close; the age of its position ticks, so that an old place is never taken for now. */
export function VanCard({ van, now: doing, day, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { time, duration, number } = useFormats();
  const now = useNow();
  const { position } = van;
  const camera = doing?.cameras[0];

  return (
    <Paper withBorder className={classes.card} data-testid="van-card">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          {van.plate}
        </Title>
        <CloseButton aria-label={t("app.close")} onClick={onClose} />
      </Group>
      <p className={classes.name}>{nameOf(van.name)}</p>
      <FreshnessMark freshness={van.freshness} />
      {position ? (
        <dl className={classes.facts}>
          {doing?.trip && <VanTrip trip={doing.trip} />}
          <dt>{t("map.fix_age")}</dt>
          <dd data-testid="van-age">
            {time(position.fixed_at)} ·{" "}
            {t("alert.age", { age: duration((now - Date.parse(position.fixed_at)) / 1000) })}
          </dd>
          {position.speed_km_h !== null && (
            <>
              <dt>{t("map.speed")}</dt>
              <dd>{t("map.speed_value", { n: number(position.speed_km_h) })}</dd>
            </>
          )}
          {position.course_deg !== null && (
            <>
              <dt>{t("map.course")}</dt>
              <dd>
                {number(position.course_deg)}°{" "}
                <span
                  className={classes.arrow}
                  style={{ rotate: `${position.course_deg}deg` }}
                  aria-hidden
                >
                  ↑
                </span>
              </dd>
            </>
          )}
          {position.accuracy_m !== null && (
            <>
              <dt>{t("map.accuracy")}</dt>
              <dd>{t("map.accuracy_value", { n: number(position.accuracy_m) })}</dd>
            </>
          )}
        </dl>
      ) : (
        <p>{t("map.never")}</p>
      )}
      {camera && (
        <div className={classes.camera}>
          <LiveView
            cameraId={camera.id}
            name={nameOf(camera.name)}
            zone={DEFAULT_ZONE}
            stream="sub"
            ageTestId="van-camera-age"
          />
        </div>
      )}
      <VanReports vehicleId={van.id} from={day.from} to={day.to} />
      <VanPanels vehicleId={van.id} />
      <p className={classes.exports}>
        {t("map.track_of_day")}:{" "}
        {(["gpx", "geojson"] as const).map((ending) => (
          <a key={ending} href={exportUrl(van.id, ending, day.from, day.to)} download>
            {ending === "gpx" ? "GPX" : "GeoJSON"}
          </a>
        ))}
      </p>
    </Paper>
  );
}
