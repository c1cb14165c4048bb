import { Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDeviceDeed } from "@/api/queries/devices";
import type { DeviceSetup, Protocol, VanSetup } from "@/api/types";
import { DeviceForm } from "./DeviceForm";

interface Props {
  device: DeviceSetup;
  van: VanSetup;
  vans: readonly VanSetup[];
  protocols: readonly Protocol[];
  onDone: () => void;
}

/** Another van, protocol or password; what it is called stays. */
export function ChangeDevice({ device, van, vans, protocols, onDone }: Props) {
  const { t } = useTranslation();
  const deed = useDeviceDeed();
  const [vehicle, setVehicle] = useState(van.id);
  return (
    <DeviceForm
      fixed
      protocols={protocols}
      hint={t("device.change_hint")}
      start={{ identifier: device.identifier, protocol: device.protocol, password: null }}
      deed={deed}
      onSave={({ protocol, password = null }) =>
        deed.mutate(
          {
            change: { vehicle_id: vehicle, protocol, password },
            vehicleId: van.id,
            deviceId: device.id,
          },
          { onSuccess: onDone },
        )
      }
      onDone={onDone}
    >
      <Select
        searchable
        allowDeselect={false}
        label={t("plan.vehicle")}
        value={vehicle}
        data={vans.map(({ id, plate }) => ({ value: id, label: plate }))}
        onChange={(id) => setVehicle(id ?? van.id)}
      />
    </DeviceForm>
  );
}
