/** Stored positions of cameras that turn. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Preset, Presets } from "@/api/types";
import { keys } from "./keys";

export const usePresets = (cameraId: string) =>
  useQuery({
    queryKey: keys.presets(cameraId),
    staleTime: 10 * 60_000,
    retry: false, // the camera itself is asked
    queryFn: ({ signal }) => get<Presets>(`/cameras/${cameraId}/presets`, { signal }),
  });

export const useGoToPreset = (cameraId: string) =>
  useMutation({
    mutationFn: ({ token }: Preset) =>
      post<null>(`/cameras/${cameraId}/presets/${encodeURIComponent(token)}/go`, undefined),
  });
