import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { get, post } from "@/api/client";
import type {
  Clip,
  ComplaintCard,
  ComplaintIntake,
  ComplaintState,
  ComplaintSummary,
  OutcomeKind,
  Page,
  ServiceCode,
} from "@/api/types";
import { keys } from "./keys";
import { keepOpening } from "./openings";

export interface ComplaintFilter {
  state: string;
  q: string;
}

export const useComplaints = (filter: ComplaintFilter) =>
  useInfiniteQuery({
    queryKey: [...keys.complaints, filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      get<Page<ComplaintSummary>>("/complaints", {
        query: { ...filter, cursor: pageParam },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor,
  });

/** A card; when it is opened, and not when it changes under the eye, with the right to watch. */
const complaintQuery = (client: QueryClient, id: string) => ({
  queryKey: keys.complaint(id),
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const opened = client.getQueryData(keys.complaint(id)) === undefined;
    const query = { replay: opened ? "true" : null };
    const card = await get<ComplaintCard>(`/complaints/${id}`, { query, signal });
    if (card.replay) keepOpening(card.replay);
    return card;
  },
});

export function useComplaint(id: string) {
  const client = useQueryClient();
  return useQuery(complaintQuery(client, id));
}

/** Fetches a card that a hand is opening. */
export function useComingComplaint(): (id: string) => void {
  const client = useQueryClient();
  return (id) => void client.prefetchQuery(complaintQuery(client, id));
}

export const useServiceCodes = () =>
  useQuery({
    queryKey: keys.serviceCodes,
    staleTime: Infinity,
    queryFn: ({ signal }) => get<ServiceCode[]>("/service-codes", { signal }),
  });

/** `attempt` names this one try of the form, so that a repeated click registers nothing twice. */
export function useRegister() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ intake, attempt }: { intake: ComplaintIntake; attempt: string }) =>
      post<ComplaintCard>("/complaints", intake, { headers: { "Idempotency-Key": attempt } }),
    onSuccess: (card) => {
      client.setQueryData(keys.complaint(card.id), card);
      void client.invalidateQueries({ queryKey: keys.complaints });
    },
  });
}

export interface Move {
  to: ComplaintState;
  note: string;
  outcome?: { kind: OutcomeKind; note: string };
}

function useCardMutation<T, R>(id: string, send: (given: T) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.complaint(id) }),
        client.invalidateQueries({ queryKey: keys.complaints }),
      ]),
  });
}

export const useMoveComplaint = (id: string, version: number) =>
  useCardMutation(id, (move: Move) =>
    post<unknown>(`/complaints/${id}/moves`, move, { headers: { "If-Match": `"${version}"` } }),
  );

export const useComment = (id: string) =>
  useCardMutation(id, (note: string) => post<unknown>(`/complaints/${id}/comments`, { note }));

export const useConfirmCamera = (id: string) =>
  useCardMutation(id, (given: { camera_id: string; at: string }) =>
    post<unknown>(`/complaints/${id}/camera`, given),
  );

export interface ClipRequest {
  camera_id: string;
  from: string;
  to: string;
  reason: string;
}

export const useRequestClip = (id: string) =>
  useCardMutation(id, (given: ClipRequest) => post<Clip>(`/complaints/${id}/clips`, given));
