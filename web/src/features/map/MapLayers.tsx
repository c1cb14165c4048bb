import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Map.module.css";
import type { Heavy } from "./useTileLayers";

interface Props {
  heavy: Heavy;
  onChange: (heavy: Heavy) => void;
}

/** What can be laid under the vans besides the ground. */
export function MapLayers({ heavy, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.layers} role="group" aria-label={t("map.layers")}>
      {(["routes", "fixes"] as const).map((layer) => (
        <Checkbox
          key={layer}
          size="xs"
          label={t(`map.layer_${layer}`)}
          checked={heavy[layer]}
          data-testid={`layer-${layer}`}
          onChange={({ currentTarget: { checked } }) => onChange({ ...heavy, [layer]: checked })}
        />
      ))}
    </div>
  );
}
