import { useEffect, useState } from "react";

/** How much of the map something lies over, in pixels from its left and its top edge. */
export interface Cover {
  left: number;
  top: number;
}

const NOTHING: Cover = { left: 0, top: 0 };
/** Where the card lies above the van and not beside it; as in the stylesheet. */
const NARROW = "(max-width: 820px)";

/** Measures the card over the map; the map keeps what it follows beside it. */
export function useCover(card: HTMLElement | null): Cover {
  const [cover, setCover] = useState(NOTHING);
  useEffect(() => {
    if (!card) return;
    const narrow = window.matchMedia(NARROW);
    const measure = () => {
      const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = card;
      setCover(
        narrow.matches
          ? { left: 0, top: offsetTop + offsetHeight }
          : { left: offsetLeft + offsetWidth, top: 0 },
      );
    };
    const watch = new ResizeObserver(measure);
    watch.observe(card);
    narrow.addEventListener("change", measure);
    return () => {
      watch.disconnect();
      narrow.removeEventListener("change", measure);
    };
  }, [card]);
  return card ? cover : NOTHING;
}
