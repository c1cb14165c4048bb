/** Trips, routes, timetables and crews of the vans. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, remove, request } from "@/api/client";
import type {
  CrewIn,
  CrewMember,
  PreviewDay,
  RouteDraft,
  RouteSummary,
  Timetable,
  TimetableIn,
  Trip,
  TripIn,
  VanRoute,
  VanRouteIn,
  VillageLink,
} from "@/api/types";
import { keys } from "./keys";
import { allPages } from "./pages";

/** The trips of a service day, 2026-11-22; changes come by the socket. */
export const useTrips = (day: string) =>
  useQuery({
    queryKey: [...keys.trips, day],
    queryFn: ({ signal }) => allPages<Trip>("/trips", signal, { from: day, to: day, limit: 200 }),
  });

/** What changes plans changes trips too. */
function useChange<Given, Found>(mutationFn: (given: Given) => Promise<Found>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(
        [keys.trips, keys.routes, keys.timetables].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

export const useCancelTrip = () =>
  useChange(({ id, why }: { id: string; why: string }) =>
    post<Trip>(`/trips/${id}/cancel`, { why }),
  );

export const useAddTrip = () => useChange((trip: TripIn) => post<Trip>("/trips", trip));

export const usePutCrew = () =>
  useChange(({ id, ...crew }: { id: string; crew: string[]; later: boolean }) =>
    request<Trip>("PUT", `/trips/${id}/crew`, { body: crew }),
  );

export const useRoutes = () =>
  useQuery({
    queryKey: keys.routes,
    queryFn: ({ signal }) => allPages<RouteSummary>("/routes", signal),
  });

export const useRoute = (id: string | undefined) =>
  useQuery({
    queryKey: keys.route(id ?? ""),
    enabled: id !== undefined,
    queryFn: ({ signal }) => get<VanRoute>(`/routes/${id}`, { signal }),
  });

export const useSaveRoute = () =>
  useChange(({ id, route }: { id?: string; route: VanRouteIn }) =>
    id === undefined
      ? post<VanRoute>("/routes", route)
      : request<VanRoute>("PUT", `/routes/${id}`, { body: route }),
  );

export const useReadRoute = () =>
  useMutation({
    mutationFn: (asked: { text: string } | { vehicle_id: string; from: string; to: string }) =>
      post<RouteDraft>("text" in asked ? "/routes/read" : "/routes/from-track", asked),
  });

export const useArchiveRoute = () => useChange((id: string) => remove(`/routes/${id}`));

export const useTimetables = () =>
  useQuery({
    queryKey: keys.timetables,
    queryFn: ({ signal }) => allPages<Timetable>("/timetables", signal),
  });

export const useSaveTimetable = () =>
  useChange(({ id, wanted }: { id?: string; wanted: TimetableIn }) =>
    id === undefined
      ? post<Timetable>("/timetables", wanted)
      : request<Timetable>("PUT", `/timetables/${id}`, { body: wanted }),
  );

export const useArchiveTimetable = () => useChange((id: string) => remove(`/timetables/${id}`));

/** The days that a timetable would run on, in place of one that is; null asks nothing. */
export const usePreview = (timetable: TimetableIn | null, inPlaceOf?: string) =>
  useQuery({
    queryKey: [...keys.timetables, "preview", timetable, inPlaceOf],
    enabled: timetable !== null,
    retry: false,
    queryFn: ({ signal }) =>
      post<PreviewDay[]>(
        "/timetables/preview",
        { ...timetable, timetable_id: inPlaceOf ?? null },
        { signal },
      ),
  });

/** The public page of a village; none asks nothing. */
export const useVillageLink = (village: string | undefined) =>
  useQuery({
    queryKey: ["village-link", village],
    enabled: village !== undefined,
    staleTime: Infinity,
    queryFn: ({ signal }) => get<VillageLink>(`/villages/${village}/link`, { signal }),
  });

export const useCrew = (enabled: boolean) =>
  useQuery({
    queryKey: keys.crew,
    enabled,
    queryFn: ({ signal }) => allPages<CrewMember>("/crew", signal),
  });

export function useChangeCrew() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { add: CrewIn } | { archive: string }) =>
      "add" in change
        ? post<CrewMember>("/crew", change.add)
        : remove<CrewMember>(`/crew/${change.archive}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.crew }),
  });
}
