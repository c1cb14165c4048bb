/** What vans are judged by, and where they fall silent. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, request } from "@/api/client";
import type { DeadZone, RulesOfVans, VanRules } from "@/api/types";
import { keys } from "./keys";

export const useVanRules = () =>
  useQuery({
    queryKey: keys.vanRules,
    queryFn: ({ signal }) => get<RulesOfVans>("/van-rules", { signal }),
  });

/** Of one van, or of the fleet where none is named. */
export function useSaveRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ vehicleId, rules }: { vehicleId: string | null; rules: VanRules }) =>
      request<VanRules>("PUT", vehicleId ? `/vehicles/${vehicleId}/rules` : "/van-rules", {
        body: rules,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.vanRules }),
  });
}

export const useDeadZones = () =>
  useQuery({
    queryKey: keys.deadZones,
    queryFn: async ({ signal }) =>
      (await get<{ items: DeadZone[] }>("/dead-zones", { signal })).items,
  });

export function useDecideZone() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ cell, decision }: Pick<DeadZone, "cell" | "decision">) =>
      request<DeadZone>("PUT", `/dead-zones/${cell}`, { body: { decision } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.deadZones }),
  });
}
