import { Button, CloseButton, Group, Paper, Title } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { exportUrl } from "@/api/queries/fleet";
import type { Vehicle, VanNow } from "@/api/types";
import { LiveView } from "@/components/LiveView";
import { FreshnessMark } from "@/components/Marks";
import { VanPanels } from "@/components/VanPanels";
import { VanReports } from "@/components/VanReports";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE } from "@/i18n/formats";
import classes from "./Map.module.css";
import type { Sight } from "./replay";
import { FactsNow, FactsThen } from "./VanFacts";
import { VanTrip } from "./VanTrip";

interface Props {
  ref: Ref<HTMLDivElement>;
  van: Vehicle;
  now: VanNow | undefined;
  /** The replayed moment and where the van was; null shows the present. */
  then: { moment: number; sight: Sight | null } | null;
  /** The local day whose track is drawn, as instants. */
  day: { from: string; to: string };
  follow: boolean;
  onFollow: (follow: boolean) => void;
  onClose: () => void;
}

/** A van up close, now or at the moment that is replayed. */
export function VanCard({ ref, van, now: doing, then, day, follow, onFollow, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const camera = then ? undefined : doing?.cameras[0];

  return (
    <Paper ref={ref} withBorder className={classes.card} data-testid="van-card">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4">
          {van.plate}
        </Title>
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-xs"
            variant={follow ? "filled" : "default"}
            aria-pressed={follow}
            data-testid="follow"
            onClick={() => onFollow(!follow)}
          >
            {t("map.follow")}
          </Button>
          <CloseButton aria-label={t("app.close")} onClick={onClose} />
        </Group>
      </Group>
      <p className={classes.name}>{nameOf(van.name)}</p>
      {!then && <FreshnessMark freshness={van.freshness} />}
      <dl className={classes.facts}>
        {then ? (
          <FactsThen moment={then.moment} sight={then.sight} />
        ) : (
          van.position && <FactsNow van={van} position={van.position} />
        )}
        {doing?.trip && <VanTrip trip={doing.trip} isPast={then !== null} />}
      </dl>
      {!then && !van.position && <p>{t("map.never")}</p>}
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
      {!then && <VanPanels vehicleId={van.id} />}
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
