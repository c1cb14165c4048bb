import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Camera, StreamState } from "@/api/types";
import { matches } from "@/components/search";
import { Shape, type ShapeName } from "@/components/Shape";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Cameras.module.css";

interface Props {
  cameras: readonly Camera[];
  selected: string | null;
  onSelect: (id: string) => void;
}

const SHAPES: Record<StreamState, ShapeName> = {
  live: "check",
  connecting: "half",
  stalled: "triangle",
  down: "octagon",
  auth_failed: "octagon",
  unsupported: "triangle",
};

export function CameraList({ cameras, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime } = useFormats();
  const [typed, setTyped] = useState("");
  const rows = cameras.filter(({ code, name, office_name }) =>
    matches(typed, [code, ...Object.values(name), ...Object.values(office_name)]),
  );

  return (
    <nav className={classes.list} aria-label={t("nav.cameras")}>
      <TextInput
        mb="xs"
        aria-label={t("camera.search")}
        placeholder={t("camera.search")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {rows.map(({ id, code, name, office_name, enabled, streams }) => (
        <button
          key={id}
          type="button"
          className={classes.row}
          data-testid="camera-row"
          aria-pressed={id === selected}
          onClick={() => onSelect(id)}
        >
          <strong>{nameOf(office_name)}</strong>
          <span>
            {nameOf(name)} <span className={classes.address}>{code}</span>
          </span>
          {!enabled && <span className={classes.facts}>{t("camera.disabled")}</span>}
          {enabled &&
            streams.map(({ kind, state, since }) => (
              <span key={kind} className={classes.state} data-state={state}>
                <Shape name={SHAPES[state]} />
                {t(`camera.kind.${kind}`)}: {t(`stream.${state}`)}
                <time className={classes.facts}>{dateTime(since)}</time>
              </span>
            ))}
        </button>
      ))}
    </nav>
  );
}
