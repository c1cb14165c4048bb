/** Setting up cameras: for administrators; zones also for supervisors. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, problemOf, request } from "@/api/client";
import type {
  Camera,
  CameraEdit,
  CameraIn,
  CameraLook,
  CameraSetup,
  FoundDevice,
  InspectIn,
  Looking,
  LookingIn,
  RetentionClass,
  ZoneIn,
} from "@/api/types";
import { keys } from "./keys";
import { liveTicket } from "./tickets";

const MEASURED_EVERY_MS = 10_000;

export const useCameraSetup = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.cameras, id, "setup"],
    enabled,
    refetchInterval: MEASURED_EVERY_MS,
    queryFn: ({ signal }) => get<CameraSetup>(`/cameras/${id}/setup`, { signal }),
  });

export const useRetentionClasses = () =>
  useQuery({
    queryKey: ["retention"],
    queryFn: async ({ signal }) =>
      (await get<{ classes: RetentionClass[] }>("/retention", { signal })).classes,
  });

export function useAddCamera() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (camera: CameraIn) => post<Camera>("/cameras", camera),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.cameras }),
  });
}

export function useChangeCamera(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (camera: CameraEdit) =>
      request<CameraSetup>("PUT", `/cameras/${id}`, { body: camera }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.cameras }),
  });
}

export const useInspect = () =>
  useMutation({
    mutationFn: (wanted: Partial<InspectIn>) => post<CameraLook>("/cameras/inspect", wanted),
  });

export const useDiscover = () =>
  useMutation({
    mutationFn: async (addresses: string[]) =>
      (await post<{ items: FoundDevice[] }>("/cameras/discover", { addresses })).items,
  });

export function useReplaceZones(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (zones: ZoneIn[]) =>
      request<Camera>("PUT", `/cameras/${id}/zones`, { body: { zones } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.cameras }),
  });
}

export const useLooking = (id: string) =>
  useQuery({
    queryKey: [...keys.cameras, id, "looking"],
    refetchInterval: MEASURED_EVERY_MS,
    queryFn: ({ signal }) => get<Looking>(`/cameras/${id}/looking`, { signal }),
  });

export function useChangeLooking(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: LookingIn) =>
      request<Looking>("PUT", `/cameras/${id}/looking`, { body: wanted }),
    onSuccess: (saved) => client.setQueryData([...keys.cameras, id, "looking"], saved),
  });
}

/** The newest picture: itself for who may watch, else one too small to recognise anybody in. */
export const useStill = (id: string, mayWatch: boolean) =>
  useQuery({
    queryKey: ["still", id, mayWatch],
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    queryFn: async ({ signal }): Promise<string> => {
      const answer = await fetch(await stillAddress(id, mayWatch), { signal });
      if (!answer.ok) throw await problemOf(answer);
      return URL.createObjectURL(await answer.blob());
    },
  });

async function stillAddress(id: string, mayWatch: boolean): Promise<string> {
  if (!mayWatch) return `/api/v1/cameras/${id}/still.jpg`;
  const { ticket, media_url } = await liveTicket(id);
  return `${media_url}/media/v1/cameras/${id}/snapshot.jpg?ticket=${encodeURIComponent(ticket)}`;
}
