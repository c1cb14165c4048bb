import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDiscover } from "@/api/queries/cameras";
import type { FoundDevice } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import classes from "./Cameras.module.css";

/** Asks the network who is an ONVIF camera; cameras of far offices are asked by address. */
export function FindCameras({ onTake }: { onTake: (device: FoundDevice) => void }) {
  const { t } = useTranslation();
  const [addresses, setAddresses] = useState("");
  const discover = useDiscover();
  const find = () => discover.mutate(addresses.split(/[\s,;]+/).filter(Boolean));

  return (
    <div className={classes.find}>
      <Group align="end">
        <TextInput
          className={classes.grow}
          label={t("camera.find_at")}
          placeholder={t("camera.find_here")}
          value={addresses}
          onChange={(event) => setAddresses(event.currentTarget.value)}
        />
        <Button
          variant="default"
          loading={discover.isPending}
          onClick={find}
          data-testid="camera-find"
        >
          {t("camera.find")}
        </Button>
      </Group>
      {discover.error && <ProblemNote error={discover.error} />}
      {discover.data?.length === 0 && <Text size="sm">{t("camera.found_none")}</Text>}
      {discover.data?.map((device) => (
        <Group key={device.url} gap="sm">
          <Button size="compact-sm" variant="default" onClick={() => onTake(device)}>
            {t("camera.take")}
          </Button>
          <Text size="sm">
            {device.name || device.address} {device.hardware}{" "}
            <span className={classes.address}>{device.url}</span>
            {device.camera_id && ` · ${t("camera.known")}`}
          </Text>
        </Group>
      ))}
    </div>
  );
}
