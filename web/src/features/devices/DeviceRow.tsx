import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDeviceDeed } from "@/api/queries/devices";
import { useCan } from "@/api/queries/session";
import type { DeviceSetup, Protocol, VanSetup } from "@/api/types";
import { ArchiveButton } from "@/components/ArchiveButton";
import { ProblemNote } from "@/components/ProblemNote";
import { Shape, type ShapeName } from "@/components/Shape";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import { ChangeDevice } from "./ChangeDevice";
import { DeviceMessages } from "./DeviceMessages";
import classes from "./Devices.module.css";
import { heard, type Heard, refusedNow, wrongClock } from "./health";

const SHAPES: Record<Heard, ShapeName> = {
  heard: "circle",
  quiet: "ring",
  silent: "triangle",
  never: "dash",
};

interface Props {
  device: DeviceSetup;
  van: VanSetup;
  vans: readonly VanSetup[];
  protocols: readonly Protocol[];
  now: number;
}

/** A tracker in one line: heard when, and what is wrong with it in words. */
export function DeviceRow({ device, van, vans, protocols, now }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const { duration, dateTime } = useFormats();
  const deed = useDeviceDeed();
  const [open, setOpen] = useState<"messages" | "change">();
  const state = heard(device, van, now);
  const { heard_at, rejection, clock_offset_s: offset } = device;
  const title = protocols.find(({ name }) => name === device.protocol)?.title ?? device.protocol;
  const turn = (part: "messages" | "change") => setOpen(open === part ? undefined : part);

  return (
    <li className={classes.device} data-testid="device" data-heard={state}>
      <div className={screen.row}>
        <span className={classes.state} data-heard={state}>
          <Shape name={SHAPES[state]} />
          {heard_at === null ? (
            t("device.never")
          ) : (
            <span title={dateTime(heard_at)}>
              {t("device.heard", {
                for: duration(Math.max(0, now - Date.parse(heard_at)) / 1000),
              })}
            </span>
          )}
        </span>
        <strong className={classes.identifier}>
          {device.phone ? t("device.phone") : device.identifier}
        </strong>
        <span className={screen.dim}>{title}</span>
        {device.has_password && <span className={screen.dim}>{t("device.has_password")}</span>}
        {rejection && (
          <span className={refusedNow(device) ? classes.bad : screen.dim} title={rejection.detail}>
            {t("device.rejected", {
              at: dateTime(rejection.at),
              why: t(`device.reason.${rejection.reason}`, { defaultValue: rejection.reason }),
              n: rejection.count,
            })}
          </span>
        )}
        {wrongClock(device) && offset !== null && (
          <span className={classes.warn}>
            {t(offset < 0 ? "device.clock_ahead" : "device.clock_behind", {
              for: duration(Math.abs(offset)),
            })}
          </span>
        )}
        {device.checksum_failed > 0 && (
          <span className={classes.warn}>
            {t("device.checksums", { n: device.checksum_failed })}
          </span>
        )}
        <span className={screen.acts}>
          <Button
            size="compact-xs"
            variant="subtle"
            aria-expanded={open === "messages"}
            data-testid="device-messages"
            onClick={() => turn("messages")}
          >
            {t("device.messages")}
          </Button>
          {can("vans.configure") && !device.phone && (
            <>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-expanded={open === "change"}
                data-testid="device-change"
                onClick={() => turn("change")}
              >
                {t("plan.change")}
              </Button>
              <ArchiveButton
                label={t("device.retire")}
                sure={t("device.retire_sure")}
                hint={t("device.retire_hint")}
                busy={deed.isPending}
                onArchive={() => deed.mutate({ retire: device.id, vehicleId: van.id })}
              />
            </>
          )}
        </span>
      </div>
      {deed.error && <ProblemNote error={deed.error} />}
      {open === "change" && (
        <ChangeDevice
          device={device}
          van={van}
          vans={vans}
          protocols={protocols}
          onDone={() => setOpen(undefined)}
        />
      )}
      {open === "messages" && <DeviceMessages deviceId={device.id} />}
    </li>
  );
}
