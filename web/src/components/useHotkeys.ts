import { useEffect, useRef } from "react";

/** Handlers by `event.code`, with "Shift+" in front where Shift is held: works on any layout. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range"].includes(target.type)
  );
}

const OWN_KEYS = /^(Space|Enter|Arrow)/;

/** Keys that the focused control or an open dialog needs for itself. */
function isTaken(event: KeyboardEvent): boolean {
  if (isTyping(event.target)) return true;
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.target.closest('[role="dialog"]')) return true;
  return (
    OWN_KEYS.test(event.code) && event.target.matches("a, button, input, summary, select, canvas")
  );
}

/** Never fires while a person types or a dialog is open, nor with Ctrl, Alt or Meta. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const latest = useRef(hotkeys);
  useEffect(() => {
    latest.current = hotkeys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTaken(event)) return;
      const handler = latest.current[(event.shiftKey ? "Shift+" : "") + event.code];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
