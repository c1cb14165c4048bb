/** What a hand does with a replay: go somewhere, drag, step, change the speed. */

import type { RefObject } from "react";
import { canSeek, MAIN_TILE } from "@/media/replayDeck";
import type { Pick } from "@/media/replayWire";
import type { OpenedReplay, ReplayState } from "./replayState";

/** Nearer than this it is the same picture: no camera sends more than 50 a second. */
export const SAME_PICTURE_MS = 20;
const STEP_WITHOUT_DECODER_MS = 40;

export type ReplayActions = globalThis.Pick<
  ReplayState,
  "seek" | "drag" | "drop" | "step" | "setRate"
>;

/** Until something is open there is nothing to act on. */
export const NO_ACTIONS: ReplayActions = {
  seek: () => {},
  drag: () => {},
  drop: () => {},
  step: () => {},
  setRate: () => {},
};

/** The actions on whatever is open when they are called: they stay the same for a whole panel. */
export function replayActions(
  opened: RefObject<OpenedReplay | null>,
  video: HTMLVideoElement,
): ReplayActions {
  const seek = (atMs: number, pick: Pick = "first") => {
    const self = opened.current;
    if (!self) return;
    if (canSeek() && pick === "first") self.deck.seek(self.quick, atMs);
    if (canSeek() && video.paused) self.deck.seek(MAIN_TILE, atMs, pick);
    else self.replay?.seek(atMs);
  };
  return {
    seek: (atMs) => seek(atMs),
    drag: (atMs) => {
      const self = opened.current;
      if (!self) return;
      if (self.dragging === "no") {
        self.dragging = video.paused ? "paused" : "playing";
        video.pause();
        self.deck.hush(MAIN_TILE);
      }
      self.handMs = atMs;
      self.deck.seek(self.quick, atMs, "first", true);
      if (!canSeek()) self.replay?.seek(atMs);
    },
    drop: () => {
      const self = opened.current;
      if (!self || self.dragging === "no") return;
      const { dragging, handMs } = self;
      self.dragging = "no";
      self.deck.seek(MAIN_TILE, handMs);
      self.replay?.seek(handMs);
      if (dragging === "playing") void video.play();
    },
    step: (by) => {
      const self = opened.current;
      if (self?.positionMs == null) return;
      video.pause();
      if (canSeek()) seek(stepFrom(self.positionMs, by), by > 0 ? "after" : "before");
      else seek(self.positionMs + by * STEP_WITHOUT_DECODER_MS);
    },
    setRate: (rate) => {
      const self = opened.current;
      if (!self) return;
      self.rate = rate;
      self.replay?.setRate(rate);
    },
  };
}

/** From where a neighbour is asked for: past the rounding of the film's own instants. */
export const stepFrom = (positionMs: number, by: 1 | -1): number =>
  positionMs + by * (SAME_PICTURE_MS / 2);
