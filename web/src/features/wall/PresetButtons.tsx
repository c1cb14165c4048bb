import { useTranslation } from "react-i18next";
import { useGoToPreset, usePresets } from "@/api/queries/presets";
import { useMe } from "@/api/queries/session";
import type { Turn } from "@/api/types";
import { useNow } from "@/components/useNow";
import { useProblemText } from "@/components/useProblemText";
import classes from "./TalkButton.module.css";

/** Turns the enlarged camera to a position that was stored in it; nothing where it has none. */
export function PresetButtons({ cameraId }: { cameraId: string }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const presets = usePresets(cameraId);
  const go = useGoToPreset(cameraId);

  if (presets.error) return <span className={classes.words}>{t("preset.failed")}</span>;
  if (!presets.data?.items.length) return null;
  const named = presets.data.items.map((preset, at) => ({
    ...preset,
    name: preset.name || t("preset.unnamed", { n: at + 1 }),
  }));
  return (
    <div className={classes.talk} role="group" aria-label={t("preset.title")} data-testid="presets">
      {named.map((preset) => (
        <button
          key={preset.token}
          type="button"
          className={classes.button}
          disabled={go.isPending}
          aria-pressed={go.isSuccess && go.variables.token === preset.token}
          onClick={() => go.mutate(preset)}
        >
          {preset.name}
        </button>
      ))}
      {presets.data.turn && <TurnNote turn={presets.data.turn} />}
      {!go.isIdle && (
        <span className={classes.words} role="status">
          {go.error ? textOf(go.error) : t("preset.moved", { name: go.variables?.name })}
        </span>
      )}
    </div>
  );
}

/** Somebody else turns the camera: a press would be refused until then. */
function TurnNote({ turn }: { turn: Turn }) {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const leftS = Math.ceil((Date.parse(turn.until) - useNow()) / 1000);

  if (leftS <= 0 || turn.operator_id === me?.id) return null;
  return (
    <span className={classes.words} data-testid="turned-by">
      <strong role="status">{t("preset.turned_by", { name: turn.full_name })}</strong>{" "}
      {t("preset.free_in", { s: leftS })}
    </span>
  );
}
