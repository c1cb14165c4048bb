import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { isTyping } from "@/components/useHotkeys";
import { canTalk, IDLE, startTalk, type TalkState } from "@/media/talk";
import classes from "./TalkButton.module.css";

const KEY = "KeyT";

/** Held, by pointer or by T, the microphone goes to the loudspeaker of the enlarged camera. */
export function TalkButton({ cameraId }: { cameraId: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<TalkState>(IDLE);
  const ending = useRef<(() => void) | null>(null);

  const end = useCallback(() => {
    ending.current?.();
    ending.current = null;
  }, []);
  const begin = useCallback(() => {
    if (ending.current || !canTalk()) return;
    ending.current = startTalk(cameraId, setState);
  }, [cameraId]);

  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.code !== KEY || event.repeat || isTyping(event.target)) return;
      if (!event.ctrlKey && !event.altKey && !event.metaKey) begin();
    };
    const released = (event: globalThis.KeyboardEvent) => event.code === KEY && end();
    window.addEventListener("keydown", pressed);
    window.addEventListener("keyup", released);
    window.addEventListener("blur", end);
    return () => {
      window.removeEventListener("keydown", pressed);
      window.removeEventListener("keyup", released);
      window.removeEventListener("blur", end);
      end();
    };
  }, [begin, end]);

  if (!canTalk()) return <span className={classes.words}>{t("talk.insecure")}</span>;
  const held = ({ code, repeat }: KeyboardEvent) => {
    if ((code === "Space" || code === "Enter") && !repeat) begin();
  };
  return (
    <span className={classes.talk}>
      <button
        type="button"
        className={classes.button}
        data-testid="talk"
        data-state={state.kind}
        aria-pressed={state.kind === "talking"}
        onPointerDown={begin}
        onPointerUp={end}
        onPointerLeave={end}
        onPointerCancel={end}
        onKeyDown={held}
        onKeyUp={end}
        onContextMenu={(event) => event.preventDefault()}
      >
        {t("talk.hold")} <kbd>T</kbd>
      </button>
      {state.kind !== "idle" && (
        <span className={classes.words} role="status">
          {state.kind === "busy" ? t("talk.busy", { by: state.by }) : t(`talk.${state.kind}`)}
        </span>
      )}
    </span>
  );
}
