import { useCallback, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { StreamKind } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import { LOOK_MS, NO_STATS, pictureAge, type PictureAge, type TileStats } from "@/media/age";
import { countDrops, NO_DROPS, shownDrops } from "@/media/drops";
import { LivePicture, type Transport } from "@/media/LivePicture";
import classes from "./LiveView.module.css";
import { useNow } from "./useNow";

interface Props {
  cameraId: string;
  name: string;
  zone: string;
  stream?: StreamKind;
  focused?: boolean;
  ageTestId: string;
  /** Drawn over the picture, in its upper part. */
  children?: ReactNode;
}

/** Live picture with its age; a picture that stopped turns grey and says since when. */
export function LiveView({ cameraId, name, zone, stream, focused, ageTestId, children }: Props) {
  const { t } = useTranslation();
  const now = useNow(LOOK_MS);
  const [shown, setShown] = useState({ stats: NO_STATS, startedMs: now, drops: NO_DROPS });
  const onStats = useCallback((stats: TileStats) => {
    const nowMs = Date.now();
    setShown((before) => ({
      stats,
      startedMs: stats === NO_STATS ? nowMs : before.startedMs,
      drops: countDrops(before.drops, stats.drops, nowMs),
    }));
  }, []);
  const [transport, setTransport] = useState<Transport>("wall");
  const { stats, startedMs } = shown;
  const dropped = shownDrops(shown.drops, now);
  const age = pictureAge(stats, startedMs, now);

  return (
    <div className={classes.view} data-stale={age.kind === "stale"}>
      <LivePicture
        cameraId={cameraId}
        stale={age.kind === "stale"}
        label={t("picture.of", { name })}
        onStats={onStats}
        onTransport={setTransport}
        {...(stream ? { stream } : {})}
        {...(focused === undefined ? {} : { focused })}
      />
      {age.kind === "stale" && <NoPicture age={age} stats={stats} zone={zone} />}
      <div className={classes.top}>
        {children}
        <div className={classes.badges}>
          {focused && transport !== "wall" && <TransportBadge transport={transport} />}
          {dropped > 0 && (
            <span className={classes.age} data-state="dropped" data-testid="dropped" role="status">
              {t("picture.dropped", { n: dropped })}
            </span>
          )}
          <AgeBadge age={age} testId={ageTestId} />
        </div>
      </div>
    </div>
  );
}

function TransportBadge({ transport }: { transport: Exclude<Transport, "wall"> }) {
  const { t } = useTranslation();
  return (
    <span className={classes.age} data-testid="transport" data-transport={transport}>
      {t(transport === "webrtc" ? "picture.direct" : "picture.by_wall")}
      {transport !== "webrtc" && `: ${t(`picture.not_direct.${transport}`)}`}
    </span>
  );
}

function AgeBadge({ age, testId }: { age: PictureAge; testId: string }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  return (
    <span className={classes.age} data-state={age.kind} data-testid={testId}>
      {age.kind === "live" &&
        `${t("picture.live")} ${t("picture.age", { s: number(age.ageS, 1) })}`}
      {age.kind === "stale" && t("picture.none")}
      {age.kind === "waiting" && t("picture.waiting")}
    </span>
  );
}

function NoPicture({
  age,
  stats,
  zone,
}: {
  age: Extract<PictureAge, { kind: "stale" }>;
  stats: TileStats;
  zone: string;
}) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const cause =
    stats.problem === 403
      ? t("picture.forbidden")
      : stats.problem !== null
        ? t("picture.no_line")
        : t(`stream.${stats.state}`);
  return (
    <div className={classes.none} role="status">
      <strong>
        {age.lastAtMs === null
          ? t("picture.none")
          : t("picture.none_since", { at: time(age.lastAtMs, zone) })}
      </strong>
      {(stats.problem !== null || stats.state !== "live") && <span>{cause}</span>}
      {stats.mediaTime !== null && <span className={classes.last}>{t("picture.last_good")}</span>}
    </div>
  );
}
