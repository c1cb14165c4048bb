import { useState } from "react";
import { type Corner, placeInLine } from "./sketch";
import type { useHistory } from "./useHistory";
import type { SketchDeeds } from "./pointing";

/** How a line or an area is edited as a part of a draft. */
export function useSketch<T>(
  { now, step, amend, undo }: ReturnType<typeof useHistory<T>>,
  line: { of: (draft: T) => readonly Corner[]; put: (draft: T, corners: Corner[]) => T },
  closed = false,
) {
  const [chosen, setChosen] = useState<number | null>(null);
  const corners = line.of(now);
  const kept = chosen !== null && chosen < corners.length ? chosen : null;
  const into = (at: number, corner: Corner) => {
    step((draft) => line.put(draft, line.of(draft).toSpliced(at, 0, corner)));
    setChosen(at);
  };
  const deeds: SketchDeeds = {
    add: (corner) => into(kept === null ? corners.length : kept + 1, corner),
    insert: (corner) => into(placeInLine(corners, corner, closed), corner),
    choose: setChosen,
    remove: () => {
      if (kept === null) return;
      step((draft) => line.put(draft, line.of(draft).toSpliced(kept, 1)));
      setChosen(null);
    },
    undo,
    grab: () => step((draft) => draft),
    move: (index, corner) => {
      amend((draft) => line.put(draft, line.of(draft).with(index, corner)));
      setChosen(index);
    },
  };
  const clear = () => {
    step((draft) => line.put(draft, []));
    setChosen(null);
  };
  return { chosen: kept, deeds, clear };
}
