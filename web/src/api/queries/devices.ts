/** Vans as they are set up, their trackers, and what these last said. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove, request } from "@/api/client";
import type {
  DeviceChange,
  DeviceIn,
  DeviceMessages,
  DevicesSetup,
  UnknownDevices,
  VanIn,
  VanSetup,
} from "@/api/types";
import { keys } from "./keys";

const LOOK_EVERY_MS = 15_000; // what a tracker last said is told by nobody

export const useDevices = () =>
  useQuery({
    queryKey: keys.devices,
    refetchInterval: LOOK_EVERY_MS,
    queryFn: ({ signal }) => get<DevicesSetup>("/devices", { signal }),
  });

export const useUnknownDevices = (enabled: boolean) =>
  useQuery({
    queryKey: [...keys.devices, "unknown"],
    enabled,
    refetchInterval: LOOK_EVERY_MS,
    queryFn: ({ signal }) => get<UnknownDevices>("/devices/unknown", { signal }),
  });

export const useDeviceMessages = (deviceId: string) =>
  useQuery({
    queryKey: [...keys.devices, deviceId],
    refetchInterval: LOOK_EVERY_MS,
    queryFn: ({ signal }) => get<DeviceMessages>(`/devices/${deviceId}/messages`, { signal }),
  });

export type DeviceDeed =
  | { van: VanIn; id?: string }
  | { add: DeviceIn; vehicleId: string }
  | { change: DeviceChange; vehicleId: string; deviceId: string }
  | { retire: string; vehicleId: string };

function done(deed: DeviceDeed): Promise<VanSetup | undefined> {
  if ("van" in deed)
    return deed.id === undefined
      ? post<VanSetup>("/vehicles", deed.van)
      : request<VanSetup>("PUT", `/vehicles/${deed.id}`, { body: deed.van });
  const devices = `/vehicles/${deed.vehicleId}/devices`;
  if ("add" in deed) return post<VanSetup>(devices, deed.add);
  if ("change" in deed)
    return request<VanSetup>("PUT", `${devices}/${deed.deviceId}`, { body: deed.change });
  return remove<undefined>(`${devices}/${deed.retire}`);
}

/** Vans and trackers are added, changed and retired. */
export function useDeviceDeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: done,
    onSuccess: () =>
      Promise.all(
        [keys.devices, keys.vehicles].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
