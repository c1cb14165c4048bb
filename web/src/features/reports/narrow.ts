/** From a total to exactly its rows. Pure. */

import type { ReportAsked } from "@/api/queries/reports";
import type { ReportGroup } from "@/api/types";

export const narrowed = (asked: ReportAsked, group: ReportGroup): ReportAsked => ({
  ...asked,
  from: group.first,
  to: group.last,
  region_id: group.region_id,
  vehicle_id: group.vehicle_id,
});
