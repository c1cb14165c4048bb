import { useEffect, useRef, useState, type RefObject } from "react";
import { ApiProblem } from "@/api/client";
import { takeOpening } from "@/api/queries/openings";
import { replayTicket } from "@/api/queries/tickets";
import type { MediaTicket, StreamKind } from "@/api/types";
import { openReplay, type ReplayFault } from "@/media/replay";
import { canSeek, MAIN_TILE, QUICK_TILE, ReplayDeck } from "@/media/replayDeck";
import type { GapNotice } from "@/media/replayWire";
import { moreIn, whenSeen } from "./onward";
import { NO_ACTIONS, replayActions, SAME_PICTURE_MS } from "./replayActions";
import type { OpenedReplay, ReplayPlan, ReplayState } from "./replayState";

const PATIENCE_MS = 5_000;
const MOST_ATTEMPTS = 12;
const TELL_MS = 100;
const FILM_AFTER_MS = 400;
const INTO_PICTURE_MS = 2; // past its rounded beginning

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A recording in a <video>, its exact pictures on a canvas above; `plan` keeps its identity. */
export function useReplay(
  video: RefObject<HTMLVideoElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
  plan: ReplayPlan,
  now: () => number,
): ReplayState {
  const opened = useRef<OpenedReplay | null>(null);
  const resumeMs = useRef<number | null>(null);
  const wantsPlay = useRef(true);
  const misses = useRef(0);
  const ends = useRef(0);
  const [positionMs, setPositionMs] = useState<number | null>(null);
  const [still, setStill] = useState(false);
  const [gap, setGap] = useState<GapNotice | null>(null);
  const [fault, setFault] = useState<ReplayState["fault"]>(null);
  const [hasAudio, setHasAudio] = useState(false);
  const [ticket, setTicket] = useState<MediaTicket | null>(null);
  const [deck, setDeck] = useState<ReplayDeck | null>(null);
  const [stream, setStream] = useState<StreamKind>("main");
  const [attempt, setAttempt] = useState(0);
  const [actions, setActions] = useState(NO_ACTIONS);

  useEffect(() => {
    const element = video.current;
    const picture = canvas.current;
    if (!element || !picture) return;
    let closed = false;
    let toldMs = 0;
    let tellFirst = () => {};
    const first = new Promise<void>((resolve) => (tellFirst = resolve));
    // A call about «now» may come before a whole fragment is recorded: ask for more a little later.
    const to = plan.growing ? new Date(now()) : plan.to;
    const startMs = resumeMs.current ?? plan.startAt.getTime();
    const made = new ReplayDeck({ from: plan.from, to, reason: plan.reason });
    let filmed = false;
    let onward: ReturnType<typeof setTimeout> | undefined;
    // The exact picture may be there before the film of it is: the film is what is waited for.
    const again = setTimeout(() => {
      void whenSeen(document).then(() => {
        if (closed || filmed || !plan.growing || misses.current >= MOST_ATTEMPTS) return;
        misses.current += 1;
        setFault(null);
        setAttempt(attempt + 1);
      });
    }, PATIENCE_MS);

    const at = (self: OpenedReplay, atMs: number, always: boolean) => {
      self.positionMs = atMs;
      resumeMs.current = atMs;
      const nowMs = performance.now();
      if (!always && nowMs - toldMs < TELL_MS) return;
      toldMs = nowMs;
      setPositionMs(atMs);
    };
    const listenerOf = (tile: number) => ({
      onPicture: (atMs: number) => {
        const self = opened.current;
        if (closed || !self) return;
        self.stillMs = atMs;
        setStill(true);
        setGap(null);
        at(self, atMs, true);
        tellFirst();
        made.seekOthers(atMs);
        if (!element.paused || self.dragging !== "no") return;
        if (tile === MAIN_TILE) self.replay?.seek(atMs + INTO_PICTURE_MS);
      },
      onGap: (notice: GapNotice) => {
        const self = opened.current;
        if (closed || !self) return;
        if (tile === QUICK_TILE) {
          self.quick = MAIN_TILE; // not recorded, or not there: main tells
          made.seek(MAIN_TILE, notice.at * 1000, "first", self.dragging !== "no");
          return;
        }
        setGap(notice);
        tellFirst();
        if (notice.to !== null && self.dragging === "no") made.seek(tile, notice.to * 1000);
      },
      onProblem: () => undefined, // the film tells its own
    });
    const onFrame = (atMs: number) => {
      const self = opened.current;
      filmed = true;
      misses.current = 0;
      if (closed || !self || self.dragging !== "no") return;
      let exactMs = atMs;
      if (self.stillMs !== null) {
        const there = Math.abs(atMs - self.stillMs) < SAME_PICTURE_MS;
        if (element.paused && !there) return; // on its way to the still picture
        if (there) exactMs = self.stillMs; // a playlist rounds
        self.stillMs = null;
        setStill(false);
      }
      setGap(null);
      at(self, exactMs, element.paused);
      if (!element.paused) made.follow(atMs, self.rate);
    };
    const onFault = (found: ReplayFault) => {
      if (closed) return;
      if (found === "unplayable" && stream === "main") setStream("sub");
      else if (found === "expired" && misses.current < MOST_ATTEMPTS) {
        misses.current += 1;
        setAttempt(attempt + 1);
      } else setFault(found);
    };
    const onEnd = () => {
      if (closed || !plan.growing) return;
      const end = { toMs: to.getTime(), untilMs: plan.untilMs, nowMs: now() };
      const wait = moreIn({ ...end, before: ends.current });
      if (wait === null) return;
      ends.current += 1;
      element.defaultPlaybackRate = Math.min(element.playbackRate, 1); // the present has no more
      onward = setTimeout(() => {
        void whenSeen(document).then(() => {
          if (closed) return;
          wantsPlay.current = true;
          setAttempt(attempt + 1);
        });
      }, wait);
    };

    const open = async () => {
      const given =
        takeOpening(plan.cameraId, plan.from, to, now()) ??
        (await replayTicket(plan.cameraId, plan.from, to, plan.reason));
      if (closed) return;
      setTicket(given);
      if (canSeek()) {
        const put = (tile: number, kind: StreamKind) =>
          made.open(tile, plan.cameraId, kind, picture, listenerOf(tile), given);
        put(MAIN_TILE, stream);
        if (stream === "main") put(QUICK_TILE, "sub");
        made.seek(stream === "main" ? QUICK_TILE : MAIN_TILE, startMs);
      }
      opened.current = {
        ...{ deck: made, replay: null, rate: element.defaultPlaybackRate },
        ...{ positionMs: null, stillMs: null, dragging: "no" as const },
        ...{ handMs: 0, quick: stream === "main" ? QUICK_TILE : MAIN_TILE },
      };
      setDeck(made);
      setActions(replayActions(opened, element));
      if (canSeek()) await Promise.race([first, delay(FILM_AFTER_MS)]);
      if (closed) return;
      const startAt = new Date(opened.current.positionMs ?? startMs);
      const plays = () => wantsPlay.current;
      const asked = { ...plan, to, startAt, stream, ticket: given, plays };
      opened.current.replay = openReplay(element, asked, {
        onFault,
        onFrame,
        onEnd,
        onAudio: () => !closed && setHasAudio(true),
      });
    };
    open().catch((error: unknown) => {
      if (closed) return;
      if (error instanceof ApiProblem) setFault(error);
      else throw error;
    });
    const playing = () => {
      wantsPlay.current = true;
    };
    const paused = () => {
      // A hidden page is paused by the browser, not by the person.
      if (!element.ended && !document.hidden) wantsPlay.current = false;
      const shownMs = opened.current?.positionMs;
      if (shownMs != null) made.seekOthers(shownMs);
    };
    element.addEventListener("play", playing);
    element.addEventListener("pause", paused);
    return () => {
      closed = true;
      clearTimeout(again);
      clearTimeout(onward);
      element.removeEventListener("play", playing);
      element.removeEventListener("pause", paused);
      opened.current?.replay?.close();
      opened.current = null;
      made.close();
    };
  }, [video, canvas, plan, stream, attempt, now]);

  return {
    ...{ positionMs, fault, still, gap, hasAudio, ticket, deck },
    substituted: stream === "sub",
    ...actions,
  };
}
