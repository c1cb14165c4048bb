import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

/** Held for `ms` by finger, mouse, Enter or Space: done once. Let go before: nothing happens. */
export function useHold(ms: number, onHeld: () => void) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const begin = () => {
    clearTimeout(timer.current);
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      onHeld();
    }, ms);
  };
  const end = () => {
    clearTimeout(timer.current);
    setHolding(false);
  };
  const isPress = ({ key }: KeyboardEvent) => key === "Enter" || key === " ";

  return {
    holding,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.button === 0) begin();
      },
      onPointerUp: end,
      onPointerLeave: end,
      onPointerCancel: end,
      onContextMenu: (event: { preventDefault: () => void }) => event.preventDefault(),
      onKeyDown: (event: KeyboardEvent) => {
        if (!isPress(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      },
      onKeyUp: (event: KeyboardEvent) => {
        if (isPress(event)) end();
      },
      onBlur: end,
    },
  };
}
