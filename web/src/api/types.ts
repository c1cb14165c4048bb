/** Shapes of /api/v1, by the names the screens use. schema.ts is generated: `npm run generate`. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Names = Schemas["Names"];
export type Language = keyof Names;
export type StreamKind = Schemas["StreamKind"];
export type StreamState = Schemas["StreamState"];
export type Presence = Schemas["ZoneState"];
export type Severity = Schemas["Severity"];
export type AlertState = Schemas["AlertState"];
export type Freshness = Schemas["Vehicle"]["freshness"];
export type ZoneKind = Schemas["ZoneKind"];
export type OutcomeKind = Schemas["OutcomeKind"];
export type RoleName = Schemas["RoleName"];
export type ComplaintState = Schemas["ComplaintState"];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
export type Named = Schemas["NamedRef"];
export type Me = Schemas["Me"];
export type Office = Schemas["Office"];
export type Waiting = Schemas["Waiting"];
export type PresenceDay = Schemas["PresenceDay"];
export type Zone = Schemas["Zone"];
export type Camera = Schemas["Camera"];
export type MediaTicket = Schemas["MediaTicket"];
export type WallTickets = Schemas["WallTickets"];
export type ClipTicket = Schemas["ClipTicket"];
export type Recordings = Schemas["Timeline"];
export type VehiclePosition = Schemas["VehiclePosition"];
export type Vehicle = Schemas["Vehicle"];
export type Trip = Schemas["Trip"];
export type TripIn = Schemas["TripIn"];
export type Visit = Schemas["Visit"];
export type TripState = Schemas["TripState"];
export type VisitState = Schemas["StopVisitState"];
export type RouteSummary = Schemas["RouteSummary"];
export type VanRoute = Schemas["Route"];
export type VanRouteIn = Schemas["RouteIn"];
export type RouteDraft = Schemas["RouteDraft"];
export type Geofence = Schemas["Geofence"];
export type GeofenceIn = Schemas["GeofenceIn"];
export type ReportTotals = Schemas["ReportTotals"];
export type ReportRows = Schemas["ReportRows"];
export type ReportColumn = Schemas["ReportColumn"];
export type ReportGroup = Schemas["ReportGroup"];
export type VanStopIn = Schemas["StopIn"];
export type Timetable = Schemas["Timetable"];
export type TimetableIn = Schemas["TimetableIn"];
export type PreviewDay = Schemas["PreviewDay"];
export type CrewMember = Schemas["CrewMember"];
export type CrewIn = Schemas["CrewIn"];
export type VillageLink = Schemas["VillageLink"];
export type VanRules = Schemas["VanRules"];
export type RulesOfVans = Schemas["RulesOfVans"];
export type DeadZone = Schemas["DeadZone"];
export type DevicesSetup = Schemas["DevicesSetup"];
export type VanSetup = Schemas["VanSetup"];
export type VanIn = Schemas["VanIn"];
export type DeviceSetup = Schemas["DeviceOut"];
export type DeviceIn = Schemas["dashboard_api__schemas__devices__DeviceIn"];
export type DeviceChange = Schemas["DeviceChange"];
export type DeviceMessage = Schemas["DeviceMessage"];
export type DeviceMessages = Schemas["DeviceMessages"];
export type UnknownDevices = Schemas["UnknownDevices"];
export type Protocol = Schemas["ProtocolOut"];
export type VanReport = Schemas["VanReport"];
export type VanPanel = Schemas["VanPanel"];
export type PairedPanel = Schemas["PairedPanel"];
export type Alert = Schemas["AlertOut"];
export type AlertWithUpdates = Schemas["AlertHistory"];

export type ComplaintSummary = Schemas["ComplaintSummary"];
export type ReplayOpening = Schemas["ReplayOpening"];
export type ComplaintCard = Schemas["ComplaintCard"];
export type ComplaintIntake = Schemas["ComplaintIn"];
export type DeadlineClock = Schemas["Clock"];
export type RankedCamera = Schemas["CandidateCamera"];
export type Finding = Schemas["Finding"];
export type ComplaintUpdate = Schemas["ComplaintUpdate"];
export type Clip = Schemas["Clip"];
export type ServiceCode = Schemas["ServiceCode"];

export type CameraSetup = Schemas["CameraSetup"];
export type StreamSetup = Schemas["StreamSetup"];
export type CameraEdit = Schemas["CameraEdit"];
export type CameraIn = Schemas["CameraIn"];
export type CameraLook = Schemas["Look"];
export type StreamLook = Schemas["StreamLook"];
export type DeviceLook = Schemas["DeviceLook"];
export type LookVerdict = Schemas["Verdict"];
export type FoundDevice = Schemas["FoundDevice"];
export type InspectIn = Schemas["InspectIn"];
export type ZoneIn = Schemas["ZoneIn"];
export type Looking = Schemas["Looking"];
export type LookingIn = Schemas["LookingIn"];
export type RetentionClass = Schemas["RetentionClass"];
export type Preset = Schemas["Preset"];
export type Presets = Schemas["Presets"];
export type Turn = Schemas["Turn"];

export type User = Schemas["User"];
export type UserIn = Schemas["UserIn"];
export type Region = Schemas["Region"];

export type FleetReplay = Schemas["FleetReplay"];
export type MapGround = Schemas["MapGround"];
export type VanNow = Schemas["VanNow"];
export type TripNow = Schemas["TripNow"];
export type Track = Schemas["Track"];
