import { Button, Group, NativeSelect } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { SPEEDS } from "./speeds";

interface Props {
  playing: boolean;
  stepMs: number;
  rate: number;
  /** Null: the recording is silent. */
  muted: boolean | null;
  /** Null: the office has no other camera. */
  beside: boolean | null;
  onToggle: () => void;
  onJump: (byMs: number) => void;
  onStep: (by: 1 | -1) => void;
  onStated: () => void;
  onRate: (rate: number) => void;
  onMute: () => void;
  onBeside: () => void;
}

/** Drawn anew only when something on it changes: a picture a moment changes nothing here. */
export const ReplayControls = memo(function ReplayControls(props: Props) {
  const { playing, stepMs, rate, muted, beside } = props;
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Button size="compact-sm" data-testid="replay-toggle" onClick={props.onToggle}>
        {t(playing ? "replay.pause" : "replay.play")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => props.onJump(-stepMs)}>
        {t("replay.back")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => props.onJump(stepMs)}>
        {t("replay.forward")}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        data-testid="replay-step-back"
        onClick={() => props.onStep(-1)}
      >
        {t("replay.step_back")}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        data-testid="replay-step"
        onClick={() => props.onStep(1)}
      >
        {t("replay.step")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={props.onStated}>
        {t("replay.to_stated")}
      </Button>
      <NativeSelect
        size="xs"
        aria-label={t("replay.speed")}
        title={t("replay.speed")}
        data-testid="replay-speed"
        value={String(rate)}
        data={SPEEDS.map((value) => ({ value: String(value), label: `×${value}` }))}
        onChange={(event) => props.onRate(Number(event.currentTarget.value))}
      />
      {muted !== null && (
        <Button
          size="compact-sm"
          variant="default"
          data-testid="replay-mute"
          aria-pressed={!muted}
          onClick={props.onMute}
        >
          {t(muted ? "replay.unmute" : "replay.mute")}
        </Button>
      )}
      {beside !== null && (
        <Button
          size="compact-sm"
          variant={beside ? "light" : "default"}
          data-testid="replay-beside"
          aria-pressed={beside}
          onClick={props.onBeside}
        >
          {t("replay.beside")}
        </Button>
      )}
    </Group>
  );
});
