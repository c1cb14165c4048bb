import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type { Alert, AlertWithUpdates, Page } from "@/api/types";
import { keys } from "./keys";
import { useCan } from "./session";

const OPEN = { state: "open,acknowledged", limit: 200 };

/** Alerts that still need a person, newest first. */
export function useOpenAlerts() {
  const can = useCan();
  return useQuery({
    queryKey: keys.alerts,
    enabled: can("alerts.read"),
    queryFn: async ({ signal }) =>
      (await get<Page<Alert>>("/alerts", { query: OPEN, signal })).items,
  });
}

export const useAlert = (id: string) =>
  useQuery({
    queryKey: keys.alert(id),
    queryFn: ({ signal }) => get<AlertWithUpdates>(`/alerts/${id}`, { signal }),
  });

export type AlertMove = "acknowledge" | "resolve";

export function useMoveAlert() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, move, note }: { id: string; move: AlertMove; note: string }) =>
      post<Alert>(`/alerts/${id}/${move}`, note ? { note } : {}),
    onSuccess: (alert) => {
      putAlert(client, alert);
      void client.invalidateQueries({ queryKey: keys.alert(alert.id) });
    },
  });
}

/** Puts a changed alert into the list; a resolved one leaves it. */
export function putAlert(client: QueryClient, alert: Alert): void {
  client.setQueryData<Alert[]>(keys.alerts, (list) => list && withAlert(list, alert));
}

export function withAlert(list: Alert[], alert: Alert): Alert[] {
  if (alert.state === "resolved") return list.filter(({ id }) => id !== alert.id);
  if (list.some(({ id }) => id === alert.id)) {
    return list.map((known) => (known.id === alert.id ? alert : known));
  }
  return [alert, ...list].sort((a, b) => b.raised_at.localeCompare(a.raised_at));
}
