/** A route while it is edited, and how it becomes what the server stores. Pure. */

import type { Names, RouteDraft, VanRoute, VanRouteIn, VanStopIn } from "@/api/types";
import { type Corner, essential } from "@/components/sketch";

export const NO_NAMES: Names = { kk: "", ru: "", en: "" };
const STAY_S = 3600;
const DRIVE_S = 1800;

export interface Draft {
  /** The route that this one replaces. */
  id?: string;
  name: Names;
  region_id: string;
  corridor_m: number;
  source: VanRouteIn["source"];
  line: Corner[];
  stops: VanStopIn[];
  remarks: readonly string[];
}

export const newDraft = (region_id: string): Draft => ({
  name: NO_NAMES,
  region_id,
  corridor_m: 300,
  source: "drawn",
  line: [],
  stops: [],
  remarks: [],
});

/** About a metre: what a stored line has more than it was drawn with lies on its edges. */
const ON_EDGE_DEG = 0.00001;

/** A stored route to be changed, with the corners that its dense line was made of. */
export const draftOf = (route: VanRoute): Draft => ({
  id: route.id,
  name: route.name,
  region_id: route.region_id,
  corridor_m: route.corridor_m,
  source: route.source,
  line: essential(route.line.coordinates as Corner[], ON_EDGE_DEG),
  stops: route.stops.map(
    ({ name, village, latitude, longitude, radius_m, arrive_after_s, stay_s, served_after_s }) => ({
      name,
      village,
      latitude,
      longitude,
      radius_m,
      arrive_after_s,
      stay_s,
      served_after_s,
    }),
  ),
  remarks: [],
});

/** What a file or a drive tells takes the place of the line and the stops. */
export function withRead(draft: Draft, read: RouteDraft): Draft {
  const named = draft.name.kk || !read.name;
  return {
    ...draft,
    name: named ? draft.name : { kk: read.name, ru: read.name, en: read.name },
    line: read.line as Corner[],
    stops: read.stops,
    source: read.source,
    corridor_m: read.corridor_m,
    remarks: read.remarks,
  };
}

/** A new village comes half an hour after the stay at the one before ends. */
export function withStop(draft: Draft, [longitude, latitude]: Corner): Draft {
  const last = draft.stops.at(-1);
  const free = last ? last.arrive_after_s + last.stay_s : 0;
  const stop: VanStopIn = {
    name: NO_NAMES,
    latitude,
    longitude,
    arrive_after_s: free + DRIVE_S,
    stay_s: STAY_S,
    radius_m: 150,
    served_after_s: 900,
    village: "",
  };
  return { ...draft, stops: [...draft.stops, stop] };
}

export const withLine = (draft: Draft, line: Corner[]): Draft => ({
  ...draft,
  source: draft.line.length === 0 ? "drawn" : draft.source,
  line,
});

export const withStopAt = (draft: Draft, index: number, [longitude, latitude]: Corner): Draft => ({
  ...draft,
  stops: draft.stops.map((stop, at) => (at === index ? { ...stop, longitude, latitude } : stop)),
});

export const replaced = <T>(list: readonly T[], index: number, value: T): T[] =>
  list.map((one, at) => (at === index ? value : one));

export const without = <T>(list: readonly T[], index: number): T[] =>
  list.filter((_, at) => at !== index);

export function toRoute({ name, region_id, corridor_m, source, line, stops }: Draft): VanRouteIn {
  return { name, region_id, corridor_m, source, line, stops };
}
