import { useTranslation } from "react-i18next";
import { useDeviceDeed } from "@/api/queries/devices";
import type { Protocol } from "@/api/types";
import { DeviceForm } from "./DeviceForm";

interface Props {
  vehicleId: string;
  protocols: readonly Protocol[];
  onDone: () => void;
}

export function AddDevice({ vehicleId, protocols, onDone }: Props) {
  const { t } = useTranslation();
  const deed = useDeviceDeed();
  return (
    <DeviceForm
      protocols={protocols}
      hint={t("device.add_hint")}
      start={{ identifier: "", protocol: protocols[0]?.name ?? "", password: null }}
      deed={deed}
      onSave={(add) => deed.mutate({ add, vehicleId }, { onSuccess: onDone })}
      onDone={onDone}
    />
  );
}
