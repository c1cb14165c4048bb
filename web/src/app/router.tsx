import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from "@tanstack/react-router";
import { useMe } from "@/api/queries/session";
import { Crash, NotFound } from "./Faults";
import { Gate } from "./Gate";
import { HOME } from "./screens";

function Home() {
  const { data: me } = useMe();
  return <Navigate to={me ? HOME[me.role] : "/wall"} replace />;
}

const isMoment = (value: unknown): value is string =>
  typeof value === "string" && !Number.isNaN(Date.parse(value));

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => root, path: "/", component: Home });
const wall = createRoute({
  getParentRoute: () => root,
  path: "/wall",
  component: lazyRouteComponent(() => import("@/features/wall/WallScreen"), "WallScreen"),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: (search: Record<string, unknown>): { id?: string } =>
    typeof search["id"] === "string" ? { id: search["id"] } : {},
  component: lazyRouteComponent(() => import("@/features/alerts/AlertScreen"), "AlertScreen"),
});
const map = createRoute({
  getParentRoute: () => root,
  path: "/map",
  validateSearch: (search: Record<string, unknown>): { vehicle?: string; at?: string } => ({
    ...(typeof search["vehicle"] === "string" ? { vehicle: search["vehicle"] } : {}),
    ...(isMoment(search["at"]) ? { at: search["at"] } : {}),
  }),
  component: lazyRouteComponent(() => import("@/features/map/MapScreen"), "MapScreen"),
});
const intake = createRoute({
  getParentRoute: () => root,
  path: "/intake",
  component: lazyRouteComponent(() => import("@/features/intake/IntakeScreen"), "IntakeScreen"),
});
const complaints = createRoute({
  getParentRoute: () => root,
  path: "/complaints",
  component: lazyRouteComponent(
    () => import("@/features/complaints/ComplaintsScreen"),
    "ComplaintsScreen",
  ),
});
const card = createRoute({
  getParentRoute: () => root,
  path: "/complaints/$id",
  component: lazyRouteComponent(() => import("@/features/card/CardScreen"), "CardScreen"),
});

const cameras = createRoute({
  getParentRoute: () => root,
  path: "/cameras",
  validateSearch: (search: Record<string, unknown>): { id?: string } =>
    typeof search["id"] === "string" ? { id: search["id"] } : {},
  component: lazyRouteComponent(() => import("@/features/cameras/CamerasScreen"), "CamerasScreen"),
});

const plans = createRoute({
  getParentRoute: () => root,
  path: "/plans",
  validateSearch: (search: Record<string, unknown>): { day?: string } =>
    typeof search["day"] === "string" ? { day: search["day"] } : {},
  component: lazyRouteComponent(() => import("@/features/plans/BoardScreen"), "BoardScreen"),
});

const planRoutes = createRoute({
  getParentRoute: () => root,
  path: "/plans/routes",
  component: lazyRouteComponent(() => import("@/features/plans/RoutesScreen"), "RoutesScreen"),
});
const timetables = createRoute({
  getParentRoute: () => root,
  path: "/plans/timetables",
  component: lazyRouteComponent(
    () => import("@/features/plans/TimetablesScreen"),
    "TimetablesScreen",
  ),
});
const crew = createRoute({
  getParentRoute: () => root,
  path: "/plans/crew",
  component: lazyRouteComponent(() => import("@/features/plans/CrewScreen"), "CrewScreen"),
});
const fences = createRoute({
  getParentRoute: () => root,
  path: "/plans/fences",
  component: lazyRouteComponent(() => import("@/features/fences/FencesScreen"), "FencesScreen"),
});
const reports = createRoute({
  getParentRoute: () => root,
  path: "/reports",
  component: lazyRouteComponent(() => import("@/features/reports/ReportsScreen"), "ReportsScreen"),
});

const rules = createRoute({
  getParentRoute: () => root,
  path: "/plans/rules",
  component: lazyRouteComponent(() => import("@/features/rules/RulesScreen"), "RulesScreen"),
});
const devices = createRoute({
  getParentRoute: () => root,
  path: "/devices",
  component: lazyRouteComponent(() => import("@/features/devices/DevicesScreen"), "DevicesScreen"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => import("@/features/users/UsersScreen"), "UsersScreen"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    wall,
    alerts,
    map,
    intake,
    complaints,
    card,
    cameras,
    plans,
    planRoutes,
    timetables,
    crew,
    fences,
    rules,
    reports,
    devices,
    users,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: Crash,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
