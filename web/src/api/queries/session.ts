import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, get, post, remove } from "@/api/client";
import type { Me } from "@/api/types";
import { keys } from "./keys";

export type Permission = Me["permissions"][number];

/** Who is signed in; null when nobody is. */
export function useMe() {
  return useQuery({
    queryKey: keys.me,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<Me | null> => {
      try {
        return await get<Me>("/session", { signal });
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) return null;
        throw error;
      }
    },
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { login: string; password: string }) => post<Me>("/session", given),
    onSuccess: (me) => client.setQueryData(keys.me, me),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove("/session"),
    onSettled: () => {
      client.setQueryData(keys.me, null);
      // Nothing that this person has read may greet the next one.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] });
    },
  });
}

/** Whether the signed-in person may do something; the server checks it again. */
export function useCan(): (permission: Permission) => boolean {
  const { data: me } = useMe();
  return (permission) => me?.permissions.includes(permission) ?? false;
}
