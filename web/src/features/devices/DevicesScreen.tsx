import { Button, Checkbox, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDevices } from "@/api/queries/devices";
import { useCan } from "@/api/queries/session";
import { useRegions } from "@/api/queries/users";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { useNow } from "@/components/useNow";
import screen from "@/styles/screen.module.css";
import { troubled } from "./health";
import { Ports } from "./Ports";
import { Strangers } from "./Strangers";
import { VanForm } from "./VanForm";
import { VanPart } from "./VanPart";

const LOOK_EVERY_MS = 20_000;

/** Vans with what reports for them: how well it does, and all that administrators may change. */
export function DevicesScreen() {
  const { t } = useTranslation();
  const can = useCan();
  const configures = can("vans.configure");
  const devices = useDevices();
  const { data: regions } = useRegions();
  const now = useNow(LOOK_EVERY_MS);
  const [typed, setTyped] = useState("");
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const [adding, setAdding] = useState(false);
  const { vans = [], protocols = [] } = devices.data ?? {};
  const shown = vans.filter(
    (van) =>
      matches(typed, [
        van.plate,
        ...Object.values(van.name),
        ...van.devices.map(({ identifier }) => identifier),
      ]) &&
      (!onlyTrouble || van.devices.some((device) => troubled(device, van, now))),
  );

  return (
    <div className={screen.screen} data-testid="devices">
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("device.title")}
        </Title>
        <TextInput
          className={screen.search}
          size="xs"
          placeholder={t("device.find")}
          aria-label={t("device.find")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Checkbox
          label={t("device.only_trouble")}
          checked={onlyTrouble}
          data-testid="only-trouble"
          onChange={(event) => setOnlyTrouble(event.currentTarget.checked)}
        />
        {configures && !adding && (
          <Button size="compact-sm" data-testid="van-add" onClick={() => setAdding(true)}>
            {t("device.van_add")}
          </Button>
        )}
      </div>
      {adding && <VanForm regions={regions ?? []} onDone={() => setAdding(false)} />}
      {devices.error && (
        <ProblemNote error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isLoading && <Loading rows={6} />}
      {configures && <Strangers vans={vans} />}
      {devices.data && shown.length === 0 && (
        <p>{t(onlyTrouble ? "device.no_trouble" : "device.no_vans")}</p>
      )}
      {shown.map((van) => (
        <VanPart
          key={van.id}
          van={van}
          vans={vans}
          regions={regions ?? []}
          protocols={protocols}
          now={now}
        />
      ))}
      {protocols.length > 0 && <Ports protocols={protocols} />}
    </div>
  );
}
