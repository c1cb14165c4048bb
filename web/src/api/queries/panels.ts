/** Crews' phones: pairing, and what crews said on them. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove } from "@/api/client";
import type { Page, PairedPanel, VanPanel, VanReport } from "@/api/types";
import { keys } from "./keys";
import { allPages } from "./pages";

const NEW_EVERY_MS = 60_000; // "last seen" is told by nobody

/** What crews said in a span, the newest first; read again when one says something. */
export const useVanReports = (from: string, to: string) =>
  useQuery({
    queryKey: [...keys.vanReports, from, to],
    queryFn: ({ signal }) => allPages<VanReport>("/van-reports", signal, { from, to, limit: 200 }),
  });

export const usePanels = (vehicleId: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.panels, vehicleId],
    enabled,
    refetchInterval: NEW_EVERY_MS,
    queryFn: ({ signal }) => get<Page<VanPanel>>(`/vehicles/${vehicleId}/panels`, { signal }),
  });

export function useChangePanels(vehicleId: string) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: [...keys.panels, vehicleId] });
  return {
    pair: useMutation({
      mutationFn: () => post<PairedPanel>(`/vehicles/${vehicleId}/panels`),
      onSuccess,
    }),
    revoke: useMutation({
      mutationFn: (id: string) => remove(`/vehicles/${vehicleId}/panels/${id}`),
      onSuccess,
    }),
  };
}
