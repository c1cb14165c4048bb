import { useEffect, useState, type RefObject } from "react";

const AWAY_MS = 10_000;

/** Whether an element may be seen: on the screen, of a page that was not hidden for 10 s. */
export function useVisible(element: RefObject<Element | null>): boolean {
  const [onScreen, setOnScreen] = useState(true);
  const [pageShown, setPageShown] = useState(true);

  useEffect(() => {
    if (!element.current) return;
    const watch = new IntersectionObserver((changes) =>
      setOnScreen(changes.at(-1)?.isIntersecting ?? true),
    );
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [element]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setPageShown(false), AWAY_MS);
      else setPageShown(true);
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  return onScreen && pageShown;
}
