import { useEffect, useRef, useState, type RefObject } from "react";
import { ApiProblem } from "@/api/client";
import { openReplay, type Replay, type ReplayFault, type ReplayRequest } from "@/media/replay";

const LOOK_MS = 250;

export interface ReplayState {
  positionMs: number | null;
  fault: ReplayFault | ApiProblem | null;
  seek: (atMs: number) => void;
}

/** Opens a recording in a <video> and follows where it is. `request` must keep its identity. */
export function useReplay(
  video: RefObject<HTMLVideoElement | null>,
  request: ReplayRequest,
): ReplayState {
  const replay = useRef<Replay | null>(null);
  const [positionMs, setPositionMs] = useState<number | null>(null);
  const [fault, setFault] = useState<ReplayState["fault"]>(null);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let closed = false;
    openReplay(element, request, (found) => !closed && setFault(found)).then(
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
        setPositionMs(at);
      }
    }, LOOK_MS);
    return () => {
      closed = true;
      clearInterval(look);
      replay.current?.close();
      replay.current = null;
    };
  }, [video, request]);

  return { positionMs, fault, seek: (atMs) => replay.current?.seek(atMs) };
}
