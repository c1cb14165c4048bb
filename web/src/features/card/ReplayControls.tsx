import { Button, Group, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  playing: boolean;
  stepMs: number;
  onToggle: () => void;
  onStep: (byMs: number) => void;
  onStated: () => void;
  onSpeed: (rate: number) => void;
}

const SPEEDS = ["0.5", "1", "2", "4"];

export function ReplayControls({ playing, stepMs, onToggle, onStep, onStated, onSpeed }: Props) {
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Button size="compact-sm" data-testid="replay-toggle" onClick={onToggle}>
        {t(playing ? "replay.pause" : "replay.play")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => onStep(-stepMs)}>
        {t("replay.back")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => onStep(stepMs)}>
        {t("replay.forward")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onStated}>
        {t("replay.to_stated")}
      </Button>
      <NativeSelect
        size="xs"
        aria-label={t("replay.speed")}
        defaultValue="1"
        data={SPEEDS.map((value) => ({ value, label: `×${value}` }))}
        onChange={(event) => onSpeed(Number(event.currentTarget.value))}
      />
    </Group>
  );
}
