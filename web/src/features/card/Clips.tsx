import { Button, Group, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { clipAddress } from "@/api/queries/tickets";
import { useCan } from "@/api/queries/session";
import type { Clip, ComplaintCard } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";
import { ClipDialog } from "./ClipDialog";

interface Props {
  card: ComplaintCard;
  cameraId: string | null;
  zone: string;
}

/** Clips cut as evidence, each with the hash that anybody can check. */
export function Clips({ card, cameraId, zone }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const [asked, dialog] = useDisclosure(false);
  const mayExport = can("evidence.export");
  return (
    <section>
      <Group justify="space-between">
        <Title order={2} size="h5">
          {t("card.clips")}
        </Title>
        {mayExport && cameraId && (
          <Button
            size="compact-sm"
            variant="default"
            data-testid="export-clip"
            onClick={dialog.open}
          >
            {t("card.export")}
          </Button>
        )}
      </Group>
      {card.clips.length === 0 && <p className={classes.dim}>{t("card.no_clips")}</p>}
      {card.clips.map((clip) => (
        <ClipRow key={clip.id} clip={clip} zone={zone} mayDownload={mayExport} />
      ))}
      {asked && cameraId && (
        <ClipDialog card={card} cameraId={cameraId} zone={zone} onClose={dialog.close} />
      )}
    </section>
  );
}

function ClipRow({ clip, zone, mayDownload }: { clip: Clip; zone: string; mayDownload: boolean }) {
  const { t } = useTranslation();
  const { time, number } = useFormats();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const missingS = clip.delivered_s === null ? 0 : (clip.requested_s ?? 0) - clip.delivered_s;
  const open = async (form: "mp4" | "json") => {
    setProblem(null);
    try {
      window.open(await clipAddress(clip.id, form), "_blank", "noopener");
    } catch (error) {
      if (error instanceof ApiProblem) setProblem(error);
      else throw error;
    }
  };
  return (
    <div className={classes.clip} data-testid="clip" data-state={clip.state}>
      <span>
        {time(clip.starts_at, zone)}–{time(clip.ends_at, zone)} · {t(`card.clip.${clip.state}`)}
        {clip.delivered_s !== null &&
          ` · ${t("card.clip_length", { got: number(clip.delivered_s, 1), asked: number(clip.requested_s ?? 0, 1) })}`}
      </span>
      {clip.state === "failed" && clip.detail && <span className={classes.dim}>{clip.detail}</span>}
      {missingS >= 1 && (
        <span className={classes.dim}>{t("card.clip_short", { n: number(missingS) })}</span>
      )}
      {clip.sha256 && (
        <code className={classes.hash} data-testid="clip-sha256">
          SHA-256 {clip.sha256}
        </code>
      )}
      {clip.state === "ready" && mayDownload && (
        <Group gap="xs">
          <Button size="compact-xs" data-testid="clip-download" onClick={() => void open("mp4")}>
            {t("card.download")}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => void open("json")}>
            {t("card.manifest")}
          </Button>
        </Group>
      )}
      {problem && <ProblemNote error={problem} />}
    </div>
  );
}
