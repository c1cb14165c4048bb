/** What a card's replay is asked for, what it shows, and what it holds while it is open. */

import type { ApiProblem } from "@/api/client";
import type { MediaTicket } from "@/api/types";
import type { Replay, ReplayFault } from "@/media/replay";
import type { ReplayDeck } from "@/media/replayDeck";
import type { GapNotice } from "@/media/replayWire";

export interface ReplayPlan {
  cameraId: string;
  from: Date;
  to: Date;
  startAt: Date;
  reason: string;
  /** The end is the present: later there is more. */
  growing: boolean;
  /** How far it may grow. */
  untilMs: number;
}

export interface ReplayState {
  positionMs: number | null;
  fault: ReplayFault | ApiProblem | null;
  /** The exact picture is drawn over the film: after a seek, a step, while a hand drags. */
  still: boolean;
  gap: GapNotice | null;
  /** The main stream is not H.264: the sub stream plays. */
  substituted: boolean;
  hasAudio: boolean;
  ticket: MediaTicket | null;
  deck: ReplayDeck | null;
  seek: (atMs: number) => void;
  drag: (atMs: number) => void;
  drop: () => void;
  step: (by: 1 | -1) => void;
  setRate: (rate: number) => void;
}

export interface OpenedReplay {
  deck: ReplayDeck;
  /** Null until the first picture is there: the film does not compete with it. */
  replay: Replay | null;
  rate: number;
  positionMs: number | null;
  stillMs: number | null;
  dragging: "no" | "paused" | "playing";
  /** Where the dragging hand is. */
  handMs: number;
  /** The tile that shows a picture soonest: the sub stream's, where that is recorded too. */
  quick: number;
}
