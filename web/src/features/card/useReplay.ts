import { useEffect, useRef, useState, type RefObject } from "react";
import { ApiProblem } from "@/api/client";
import { openReplay, type Replay, type ReplayFault, type ReplayRequest } from "@/media/replay";

const LOOK_MS = 250;
const PATIENCE_MS = 5_000;
const MOST_ATTEMPTS = 12;

export interface ReplayState {
  positionMs: number | null;
  fault: ReplayFault | ApiProblem | null;
  seek: (atMs: number) => void;
}

/** Opens a recording in a <video> and follows where it is. `request` must keep its identity. */
export function useReplay(
  video: RefObject<HTMLVideoElement | null>,
  request: ReplayRequest,
  now: () => number,
): ReplayState {
  const replay = useRef<Replay | null>(null);
  const [positionMs, setPositionMs] = useState<number | null>(null);
  const [fault, setFault] = useState<ReplayState["fault"]>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let closed = false;
    let shown = false;
    // A call about «now» may come before a whole fragment is recorded: ask for more a little later.
    const asked = request.growing ? { ...request, to: new Date(now()) } : request;
    const again = setTimeout(() => {
      if (shown || !request.growing || attempt >= MOST_ATTEMPTS) return;
      setFault(null);
      setAttempt(attempt + 1);
    }, PATIENCE_MS);
    openReplay(element, asked, (found) => !closed && setFault(found)).then(
      (opened) => {
        if (closed) opened.close();
        else replay.current = opened;
      },
      (error: unknown) => {
        if (closed) return;
        if (error instanceof ApiProblem) setFault(error);
        else throw error;
      },
    );
    const look = setInterval(() => {
      const at = replay.current?.positionMs() ?? null;
      if (at !== null && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        shown = true;
        setPositionMs(at);
      }
    }, LOOK_MS);
    return () => {
      closed = true;
      clearTimeout(again);
      clearInterval(look);
      replay.current?.close();
      replay.current = null;
    };
  }, [video, request, attempt, now]);

  return { positionMs, fault, seek: (atMs) => replay.current?.seek(atMs) };
}
