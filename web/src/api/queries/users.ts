/** Accounts, for administrators. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { post, request } from "@/api/client";
import type { Region, User, UserIn } from "@/api/types";
import { keys } from "./keys";
import { allPages } from "./pages";

export const useUsers = () =>
  useQuery({
    queryKey: keys.users,
    queryFn: ({ signal }) => allPages<User>("/users", signal),
  });

export const useRegions = () =>
  useQuery({
    queryKey: keys.regions,
    staleTime: Infinity,
    queryFn: ({ signal }) => allPages<Region>("/regions", signal),
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
