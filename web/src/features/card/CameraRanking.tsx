import { Button, Group, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useConfirmCamera } from "@/api/queries/complaints";
import { useCan } from "@/api/queries/session";
import type { ComplaintCard } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";

interface Props {
  card: ComplaintCard;
  current: string | null;
  /** Where the replay is now: the minute that is confirmed. */
  playhead: (() => number | null) | null;
  zone: string;
  onChoose: (cameraId: string) => void;
}

/** Cameras of the office, the likeliest first, each with why. */
export function CameraRanking({ card, current, playhead, zone, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const { time, number } = useFormats();
  const can = useCan();
  const confirm = useConfirmCamera(card.id);
  const reasonWord = (code: string) => {
    const key = `reason.${code}`;
    return i18n.exists(key) ? t(key) : code;
  };

  return (
    <section aria-label={t("card.cameras")}>
      <Group justify="space-between" mb={6}>
        <Title order={2} size="h5">
          {t("card.cameras")}
        </Title>
        {can("complaints.edit") && current && playhead && (
          <Button
            size="compact-sm"
            variant="default"
            data-testid="confirm-camera"
            loading={confirm.isPending}
            onClick={() => {
              const atMs = playhead();
              if (atMs === null) return;
              confirm.mutate({ camera_id: current, at: new Date(atMs).toISOString() });
            }}
          >
            {t("card.confirm")}
          </Button>
        )}
      </Group>
      {confirm.error && <ProblemNote error={confirm.error} />}
      {card.cameras.length === 0 && <p>{t("card.no_cameras")}</p>}
      <div className={classes.cameras}>
        {card.cameras.map(({ camera, score, reasons }) => (
          <button
            key={camera.id}
            type="button"
            className={classes.camera}
            data-testid="ranked-camera"
            data-camera={camera.id}
            aria-pressed={camera.id === current}
            onClick={() => onChoose(camera.id)}
          >
            <strong>{nameOf(camera.name)}</strong>
            <span className={classes.score}>{number(score * 100)} %</span>
            <span className={classes.dim}>{reasons.map(reasonWord).join(", ")}</span>
            {camera.id === card.camera_id && card.confirmed_at && (
              <span className={classes.confirmed}>
                ✓ {t("card.confirmed")} {time(card.confirmed_at, zone)}
              </span>
            )}
          </button>
        ))}
      </div>
    </section>
  );
}
