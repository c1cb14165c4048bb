import { ActionIcon, Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Chips } from "@/components/Chips";
import { useHotkeys } from "@/components/useHotkeys";
import { useNow } from "@/components/useNow";
import { DEFAULT_ZONE, inputValues, instantOf } from "@/i18n/formats";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Replay.module.css";
import { SPEEDS, type Speed } from "./replay";
import type { Replay } from "./useReplay";

const STEP_MS = 60_000;
const DAY_S = 86_400;

interface Props {
  replay: Replay;
  onClose: () => void;
}

/** Plays the past of the whole fleet: a day on a line, a speed, and the way back to now. */
export function ReplayBar({ replay, onClose }: Props) {
  const line = useRef<HTMLInputElement>(null);
  const { t } = useTranslation();
  const { dateTime } = useFormats();
  const today = useNow(60_000);
  const { day, time } = inputValues(replay.moment, DEFAULT_ZONE);
  const dayStart = instantOf(day, "00:00", DEFAULT_ZONE).getTime();
  const second = Math.round((replay.moment - dayStart) / 1000);
  const speeds = SPEEDS.map((value) => ({ value, label: `${value}×` }));
  const faster = (by: number) => {
    const at = SPEEDS.indexOf(replay.speed) + by;
    replay.setSpeed(SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)] ?? replay.speed);
  };
  useHotkeys({
    Space: replay.toggle,
    KeyK: replay.toggle, // Space belongs to whatever button has the focus
    ArrowLeft: () => replay.seek(replay.moment - STEP_MS),
    ArrowRight: () => replay.seek(replay.moment + STEP_MS),
    Minus: () => faster(-1),
    Equal: () => faster(1),
  });

  // The button that opened the bar is gone: its focus goes on to the line, whose arrows seek.
  useEffect(() => line.current?.focus({ preventScroll: true }), []);

  return (
    <section className={classes.bar} aria-label={t("map.replay")} data-testid="replay-bar">
      <ActionIcon
        size="lg"
        variant="filled"
        aria-label={t(replay.playing ? "map.pause" : "map.play")}
        data-testid="replay-toggle"
        onClick={replay.toggle}
      >
        <span aria-hidden>{replay.playing ? "❚❚" : "►"}</span>
      </ActionIcon>
      <input
        type="date"
        className={classes.day}
        aria-label={t("map.day")}
        value={day}
        max={inputValues(today, DEFAULT_ZONE).day}
        onChange={({ currentTarget }) => {
          const to = instantOf(currentTarget.value, time, DEFAULT_ZONE).getTime();
          if (Number.isFinite(to)) replay.seek(to);
        }}
      />
      <input
        ref={line}
        type="range"
        className={classes.line}
        aria-label={t("map.moment")}
        aria-valuetext={dateTime(replay.moment)}
        min={0}
        max={DAY_S}
        step={10}
        value={second}
        onChange={({ currentTarget }) => replay.seek(dayStart + currentTarget.valueAsNumber * 1000)}
      />
      <output className={classes.moment} data-testid="replay-moment" data-waiting={replay.waiting}>
        {time}
      </output>
      <Chips<Speed>
        label={t("map.speed_of_replay")}
        value={replay.speed}
        choices={speeds}
        onChange={replay.setSpeed}
        testId="replay-speed"
      />
      <Button size="xs" variant="default" onClick={onClose} data-testid="replay-close">
        {t("map.back_to_now")}
      </Button>
    </section>
  );
}
