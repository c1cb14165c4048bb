/** Accounts, for administrators. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, request } from "@/api/client";
import type { Region, User, UserIn } from "@/api/types";
import { keys } from "./keys";

const PAGE = 500;

export const useUsers = () =>
  useQuery({
    queryKey: keys.users,
    queryFn: async ({ signal }) =>
      (await get<{ items: User[] }>("/users", { signal, query: { limit: PAGE } })).items,
  });

export const useRegions = () =>
  useQuery({
    queryKey: keys.regions,
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await get<{ items: Region[] }>("/regions", { signal })).items,
  });

export function useAddUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (user: UserIn) => post<User>("/users", user),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.users }),
  });
}

export function useEnableUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) =>
      request<User>("PUT", `/users/${id}`, { body: { enabled } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.users }),
  });
}
