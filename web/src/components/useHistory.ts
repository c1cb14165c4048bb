import { useCallback, useState } from "react";
import { amended, begun, stepped, undone } from "./history";

/** A draft that remembers its steps. */
export function useHistory<T>(start: T) {
  const [history, setHistory] = useState(() => begun(start));
  const step = useCallback(
    (make: (now: T) => T) => setHistory((before) => stepped(before, make(before.now))),
    [],
  );
  const amend = useCallback(
    (make: (now: T) => T) => setHistory((before) => amended(before, make(before.now))),
    [],
  );
  const undo = useCallback(() => setHistory(undone), []);
  return { now: history.now, undoable: history.before.length > 0, step, amend, undo };
}
