/** Stored positions of cameras that turn. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Preset } from "@/api/types";
import { keys } from "./keys";

export const usePresets = (cameraId: string) =>
  useQuery({
    queryKey: [...keys.cameras, cameraId, "presets"],
    staleTime: 10 * 60_000,
    retry: false, // the camera itself is asked
    queryFn: async ({ signal }) =>
      (await get<{ items: Preset[] }>(`/cameras/${cameraId}/presets`, { signal })).items,
  });

export const useGoToPreset = (cameraId: string) =>
  useMutation({
    mutationFn: ({ token }: Preset) =>
      post<null>(`/cameras/${cameraId}/presets/${encodeURIComponent(token)}/go`, undefined),
  });
