import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/useFormats";

interface Measured {
  codec: string | null;
  width: number | null;
  height: number | null;
  frame_rate: number | null;
  key_interval_s: number | null;
  audio_codec: string | null;
  clock_offset_s: number | null;
  kbit_s?: number | null;
}

/** Less is the network's delay, no fault of a clock. */
const CLOCK_TOLD_S = 0.5;

const codecName = (codec: string | null) =>
  codec?.replace(/^avc1.*/, "H.264").replace(/^h(vc|ev)1.*/, "H.265");

/** What was measured of a stream, in one line; what is not known is left out. */
export function useStreamFacts(): (stream: Measured) => string {
  const { t } = useTranslation();
  const { number } = useFormats();
  return (stream) =>
    [
      codecName(stream.codec),
      stream.width && stream.height && `${stream.width}×${stream.height}`,
      stream.frame_rate && t("camera.fact.rate", { n: number(stream.frame_rate, 1) }),
      stream.key_interval_s && t("camera.fact.key", { s: number(stream.key_interval_s, 1) }),
      stream.kbit_s && t("camera.fact.kbit", { n: number(stream.kbit_s) }),
      stream.audio_codec && t("camera.fact.audio", { codec: stream.audio_codec }),
      stream.clock_offset_s !== null &&
        Math.abs(stream.clock_offset_s) >= CLOCK_TOLD_S &&
        t("camera.fact.clock", { s: number(stream.clock_offset_s, 1) }),
    ]
      .filter(Boolean)
      .join(" · ");
}
