import { useTranslation } from "react-i18next";
import type { CameraLook, LookVerdict, StreamLook } from "@/api/types";
import { Shape, type ShapeName } from "@/components/Shape";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Cameras.module.css";
import { useStreamFacts } from "./useStreamFacts";

const SHAPES: Record<LookVerdict["level"], ShapeName> = {
  good: "check",
  warning: "triangle",
  error: "octagon",
};

/** What an inspection saw: the device, and for each stream its numbers and verdicts. */
export function Looks({ look }: { look: CameraLook }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  const { device, streams } = look;
  return (
    <div className={classes.looks} data-testid="look">
      {device && (
        <p className={classes.device}>
          <strong>{[device.maker, device.model].filter(Boolean).join(" ")}</strong>{" "}
          {device.firmware} {device.serial}
          {device.clock_offset_s !== null &&
            ` · ${t("camera.fact.clock", { s: number(device.clock_offset_s, 1) })}`}
          {device.turns && ` · ${t("camera.turns")}`}
        </p>
      )}
      {streams.map((stream) => (
        <StreamSeen key={`${stream.kind}${stream.url}`} stream={stream} />
      ))}
    </div>
  );
}

function StreamSeen({ stream }: { stream: StreamLook }) {
  const { t } = useTranslation();
  const facts = useStreamFacts();
  return (
    <div className={classes.look}>
      <span>
        {stream.kind && <strong>{t(`camera.kind.${stream.kind}`)} </strong>}
        <span className={classes.address}>{stream.url}</span>
      </span>
      <span className={classes.facts}>{facts(stream)}</span>
      {stream.verdicts.map((verdict) => (
        <Sentence key={verdict.code} verdict={verdict} />
      ))}
    </div>
  );
}

function Sentence({ verdict: { code, level, parameters } }: { verdict: LookVerdict }) {
  const { t, i18n } = useTranslation();
  const key = `camera.verdict.${code}`;
  const reason = parameters["reason"];
  return (
    <span className={classes.verdict} data-level={level} data-testid={`verdict-${code}`}>
      <Shape name={SHAPES[level]} />
      <span>
        {i18n.exists(key) ? t(key, parameters) : code}
        {typeof reason === "string" && <span className={classes.reason}> {reason}</span>}
      </span>
    </span>
  );
}
