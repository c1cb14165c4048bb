import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDeviceDeed, useUnknownDevices } from "@/api/queries/devices";
import type { UnknownDevices, VanSetup } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import classes from "./Devices.module.css";

/** Trackers that report and that no van has: mostly one that was just put in. */
export function Strangers({ vans }: { vans: readonly VanSetup[] }) {
  const { t } = useTranslation();
  const unknown = useUnknownDevices(true);
  if (!unknown.data || unknown.data.items.length === 0)
    return unknown.error ? <ProblemNote error={unknown.error} /> : null;
  return (
    <section className={classes.strangers} data-testid="strangers">
      <h2 className={screen.plate}>{t("device.strangers")}</h2>
      <ul className={screen.list}>
        {unknown.data.items.map((one) => (
          <Stranger key={`${one.protocol} ${one.identifier}`} stranger={one} vans={vans} />
        ))}
      </ul>
    </section>
  );
}

interface Props {
  stranger: UnknownDevices["items"][number];
  vans: readonly VanSetup[];
}

function Stranger({ stranger, vans }: Props) {
  const { t } = useTranslation();
  const { dateTime } = useFormats();
  const deed = useDeviceDeed();
  const [van, setVan] = useState<string | null>(null);
  const { identifier, protocol, last_seen_at, messages } = stranger;
  return (
    <li className={screen.row} data-testid="stranger">
      <strong className={classes.identifier}>{identifier}</strong>
      <span>{protocol}</span>
      <span className={screen.dim}>
        {t("device.stranger_seen", { at: dateTime(last_seen_at), n: messages })}
      </span>
      <span className={screen.acts}>
        <Select
          searchable
          size="xs"
          aria-label={t("plan.vehicle")}
          placeholder={t("plan.vehicle")}
          value={van}
          data={vans.map(({ id, plate }) => ({ value: id, label: plate }))}
          onChange={setVan}
        />
        <Button
          size="compact-sm"
          disabled={!van}
          loading={deed.isPending}
          onClick={() =>
            van && deed.mutate({ add: { identifier, protocol, password: null }, vehicleId: van })
          }
        >
          {t("device.bind")}
        </Button>
      </span>
      {deed.error && <ProblemNote error={deed.error} />}
    </li>
  );
}
