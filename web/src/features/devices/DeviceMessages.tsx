import { useTranslation } from "react-i18next";
import { useDeviceMessages } from "@/api/queries/devices";
import type { DeviceMessage } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import classes from "./Devices.module.css";
import { readable } from "./told";

/** The last messages of a tracker as they were read, and why any was not. */
export function DeviceMessages({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation();
  const messages = useDeviceMessages(deviceId);
  return (
    <div className={classes.messages} data-testid="messages">
      {messages.isLoading && <Loading />}
      {messages.error && <ProblemNote error={messages.error} />}
      {messages.data?.items.length === 0 && <p>{t("device.no_messages")}</p>}
      <ol className={screen.list} aria-label={t("device.messages")}>
        {messages.data?.items.map((one) => (
          <Message key={`${one.received_at} ${one.number}`} message={one} />
        ))}
      </ol>
    </div>
  );
}

function Message({ message }: { message: DeviceMessage }) {
  const { t } = useTranslation();
  const { dateTime, time } = useFormats();
  const { received_at, transport, size_bytes, rejection, checksum_failed, hex, told } = message;
  return (
    <li className={classes.message}>
      <span className={classes.when} title={dateTime(received_at)}>
        {time(received_at)}
      </span>
      <span className={screen.dim}>
        {transport.toUpperCase()} · {t("device.bytes", { n: size_bytes })}
      </span>
      {checksum_failed && <span className={classes.warn}>{t("device.checksum")}</span>}
      {rejection && <span className={classes.bad}>{rejection}</span>}
      {told.map((line, index) => (
        <code key={index} className={classes.told}>
          {readable(line)}
        </code>
      ))}
      {hex && <code className={classes.hex}>{hex}</code>}
    </li>
  );
}
