import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { replayQuery } from "@/api/queries/fleet";
import { readNow } from "@/components/useNow";
import { keyOf, loaded, partAt, ReplayClock, type LoadedPart, type Speed } from "./replay";

const SHOWN_EVERY_MS = 250;
const AHEAD = 0.5; // of a part: the next is fetched when this much of it was played
const LIVE_MARGIN_MS = 2000;

interface Shown {
  start: number | null;
  moment: number;
  part: LoadedPart | null;
}

export interface Replay {
  /** The moment as the bar shows it; the map reads the clock itself, every frame. */
  moment: number;
  speed: Speed;
  playing: boolean;
  waiting: boolean;
  /** What the bar's moment lies in, once it has come. */
  shown: LoadedPart | null;
  clock: ReplayClock;
  part: () => LoadedPart | null;
  seek: (moment: number) => void;
  toggle: () => void;
  setSpeed: (speed: Speed) => void;
}

/**
 * The fleet's past from a moment on, parts are read ahead of it; null shows the present.
 *
 * `standing`: begins paused.
 */
export function useReplay(start: number | null, standing: boolean): Replay | null {
  const client = useQueryClient();
  const [speed, setShownSpeed] = useState<Speed>(60);
  const [shown, setShown] = useState<Shown>({ start, moment: start ?? 0, part: null });
  const setMoment = useEffectEvent((moment: number, part: LoadedPart | null) =>
    setShown({ start, moment, part }),
  );
  const [playing, setPlaying] = useState(false);
  const [waiting, setWaiting] = useState(true);
  const clock = useMemo(
    () => new ReplayClock(start ?? 0, 60, () => readNow() - LIVE_MARGIN_MS),
    [start],
  );
  const parts = useRef(new Map<string, LoadedPart>());
  const current = useRef<LoadedPart | null>(null);

  useEffect(() => {
    if (!standing) clock.play(performance.now());
  }, [clock, standing]);
  useEffect(() => {
    if (start === null) return;
    let gone = false;
    clock.setSpeed(speed, performance.now());
    const read = async (at: number) => {
      const part = partAt(at, speed);
      const key = keyOf(part);
      const known = parts.current.get(key);
      if (known) return known;
      const from = new Date(part.startMs).toISOString();
      const to = new Date(part.endMs).toISOString();
      const made = loaded(part, await client.fetchQuery(replayQuery(from, to, part.stepS)));
      if (part.endMs < Date.now()) parts.current.set(key, made);
      return made;
    };
    const follow = () => {
      const now = clock.moment(performance.now());
      setMoment(now, current.current);
      setPlaying(clock.playing);
      const wanted = partAt(now, speed);
      const here = current.current;
      if (!here || keyOf(here.part) !== keyOf(wanted)) {
        setWaiting(true);
        read(now).then(
          (made) => {
            if (gone) return;
            current.current = made;
            setWaiting(false);
          },
          () => !gone && setWaiting(true), // asked again at the next look
        );
      }
      const played = (now - wanted.startMs) / (wanted.endMs - wanted.startMs);
      if (clock.playing && played > AHEAD && wanted.endMs < Date.now()) {
        void read(wanted.endMs).catch(() => undefined);
      }
    };
    follow();
    const timer = setInterval(follow, SHOWN_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [client, clock, speed, start]);

  if (start === null) return null;
  return {
    moment: shown.start === start ? shown.moment : start,
    speed,
    playing,
    waiting,
    shown: shown.start === start ? shown.part : null,
    clock,
    part: () => current.current,
    seek: (to) => {
      clock.seek(Math.min(to, Date.now() - LIVE_MARGIN_MS), performance.now());
      setShown({ ...shown, start, moment: clock.moment(performance.now()) });
    },
    toggle: () => {
      const now = performance.now();
      if (clock.playing) clock.pause(now);
      else clock.play(now);
      setPlaying(clock.playing);
    },
    setSpeed: setShownSpeed,
  };
}
