import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  chosen: number | null;
  undoable: boolean;
  onRemove: () => void;
  onUndo: () => void;
  onClear: () => void;
}

/** What is done to a sketch beside the map. */
export function SketchTools({ chosen, undoable, onRemove, onUndo, onClear }: Props) {
  const { t } = useTranslation();
  const look = { size: "compact-sm", variant: "default" } as const;
  return (
    <>
      <Button {...look} disabled={!undoable} data-testid="sketch-undo" onClick={onUndo}>
        {t("plan.undo")}
      </Button>
      <Button {...look} disabled={chosen === null} data-testid="sketch-remove" onClick={onRemove}>
        {t("plan.remove_corner")}
      </Button>
      <Button {...look} onClick={onClear}>
        {t("plan.clear")}
      </Button>
    </>
  );
}
