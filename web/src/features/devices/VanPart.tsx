import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOffices } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import type { Protocol, Region, VanSetup } from "@/api/types";
import { VanPanels } from "@/components/VanPanels";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";
import { AddDevice } from "./AddDevice";
import { DeviceRow } from "./DeviceRow";
import classes from "./Devices.module.css";
import { VanForm } from "./VanForm";

interface Props {
  van: VanSetup;
  vans: readonly VanSetup[];
  regions: readonly Region[];
  protocols: readonly Protocol[];
  now: number;
}

/** One van: what it is, what reports for it, its crew's phones. */
export function VanPart({ van, vans, regions, protocols, now }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const { data: offices } = useOffices();
  const [open, setOpen] = useState<"van" | "device" | "phones">();
  const office = offices?.find(({ id }) => id === van.office_id);
  const close = () => setOpen(undefined);

  return (
    <section className={classes.van} data-testid={`van-${van.plate}`}>
      <div className={classes.vanHead}>
        <h2 className={screen.plate}>
          {van.plate} <span className={screen.dim}>{nameOf(van.name)}</span>
        </h2>
        <span className={screen.dim}>
          {nameOf(regions.find(({ id }) => id === van.region_id)?.name)}
          {office && ` · ${nameOf(office.name)}`} ·{" "}
          {t("device.every", { n: van.report_interval_s })}
        </span>
        <span className={screen.acts}>
          {can("vans.configure") && (
            <>
              <Button
                size="compact-xs"
                variant="default"
                aria-expanded={open === "van"}
                data-testid="van-change"
                onClick={() => setOpen(open === "van" ? undefined : "van")}
              >
                {t("plan.change")}
              </Button>
              <Button
                size="compact-xs"
                variant="default"
                aria-expanded={open === "device"}
                data-testid="device-add"
                onClick={() => setOpen(open === "device" ? undefined : "device")}
              >
                {t("device.add")}
              </Button>
            </>
          )}
          {can("vans.pair") && (
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={open === "phones"}
              data-testid="van-phones"
              onClick={() => setOpen(open === "phones" ? undefined : "phones")}
            >
              {t("van_panel.title")}
            </Button>
          )}
        </span>
      </div>
      {open === "van" && <VanForm van={van} regions={regions} onDone={close} />}
      {open === "device" && <AddDevice vehicleId={van.id} protocols={protocols} onDone={close} />}
      {van.devices.length === 0 && <p className={classes.warn}>{t("device.none")}</p>}
      <ul className={screen.list} aria-label={t("device.of", { plate: van.plate })}>
        {van.devices.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            van={van}
            vans={vans}
            protocols={protocols}
            now={now}
          />
        ))}
      </ul>
      {open === "phones" && <VanPanels vehicleId={van.id} />}
    </section>
  );
}
