import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RankedCamera, StreamKind } from "@/api/types";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import type { ReplayDeck } from "@/media/replayDeck";
import classes from "./Replay.module.css";

interface Props {
  deck: ReplayDeck;
  tile: number;
  camera: RankedCamera["camera"];
  /** Where the main camera is when this one is opened. */
  atMs: () => number | null;
  zone: string;
}

/** Another camera of the office at the same instant as the main one: small, so the sub stream. */
export function BesideTile({ deck, tile, camera, atMs, zone }: Props) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const { time } = useFormats();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [stream, setStream] = useState<StreamKind>("sub");
  const [shownMs, setShownMs] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<{ reason: string | null } | null>(null);

  useEffect(() => {
    if (!canvas.current) return;
    let toldS = 0;
    let shown = false;
    deck.open(tile, camera.id, stream, canvas.current, {
      onPicture: (at) => {
        shown = true;
        setTrouble(null);
        if (Math.floor(at / 1000) === toldS) return;
        toldS = Math.floor(at / 1000);
        setShownMs(at);
      },
      onGap: ({ reason }) => {
        if (stream === "sub" && !shown)
          setStream("main"); // sub may not be recorded here
        else setTrouble({ reason });
      },
      onProblem: () => setTrouble({ reason: null }),
    });
    const wantedMs = atMs();
    if (wantedMs !== null) deck.seek(tile, wantedMs, "nearest");
    return () => deck.closeTile(tile);
  }, [deck, tile, camera.id, stream, atMs]);

  const word = trouble?.reason && i18n.exists(`gap.${trouble.reason}`);
  return (
    <figure className={classes.beside} data-gap={trouble !== null}>
      <canvas
        ref={canvas}
        className={classes.video}
        data-testid="beside-picture"
        data-camera={camera.id}
        role="img"
        aria-label={t("picture.of", { name: nameOf(camera.name) })}
      />
      <figcaption>
        {nameOf(camera.name)} <time>{shownMs === null ? "" : time(shownMs, zone)}</time>
      </figcaption>
      {trouble && (
        <p className={classes.fault} role="status">
          {t("replay.gap")}
          {word ? `: ${t(`gap.${trouble.reason ?? ""}`)}` : ""}
        </p>
      )}
    </figure>
  );
}
