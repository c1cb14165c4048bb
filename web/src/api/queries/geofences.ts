import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { post, remove, request } from "@/api/client";
import type { Geofence, GeofenceIn } from "@/api/types";
import { keys } from "./keys";
import { allPages } from "./pages";

export const useGeofences = () =>
  useQuery({
    queryKey: keys.geofences,
    queryFn: ({ signal }) => allPages<Geofence>("/geofences", signal),
  });

export function useSaveGeofence() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, fence }: { id?: string; fence: GeofenceIn }) =>
      id === undefined
        ? post<Geofence>("/geofences", fence)
        : request<Geofence>("PUT", `/geofences/${id}`, { body: fence }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.geofences }),
  });
}

export function useArchiveGeofence() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove(`/geofences/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.geofences }),
  });
}
