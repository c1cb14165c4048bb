import type { Permission } from "@/api/queries/session";
import type { Me, RoleName } from "@/api/types";

interface Screen {
  to:
    | "/wall"
    | "/alerts"
    | "/map"
    | "/intake"
    | "/complaints"
    | "/plans"
    | "/reports"
    | "/devices"
    | "/cameras"
    | "/users";
  label: string;
  /** Any of these opens the screen. */
  needs: readonly Permission[];
}

const SCREENS: readonly Screen[] = [
  { to: "/wall", label: "nav.wall", needs: ["live.view"] },
  { to: "/alerts", label: "nav.alerts", needs: ["alerts.read"] },
  { to: "/map", label: "nav.map", needs: ["vans.view", "cameras.configure"] },
  { to: "/plans", label: "nav.plans", needs: ["vans.view"] },
  { to: "/reports", label: "nav.reports", needs: ["vans.view"] },
  { to: "/devices", label: "nav.devices", needs: ["vans.devices"] },
  { to: "/intake", label: "nav.intake", needs: ["complaints.create"] },
  {
    to: "/complaints",
    label: "nav.complaints",
    needs: ["complaints.read", "complaints.read_own"],
  },
  { to: "/cameras", label: "nav.cameras", needs: ["cameras.configure", "zones.edit"] },
  { to: "/users", label: "nav.users", needs: ["users.manage"] },
];

/** The screen that a role starts its day on. */
export const HOME: Record<RoleName, Screen["to"]> = {
  operator: "/wall",
  supervisor: "/wall",
  dispatcher: "/map",
  admin: "/cameras",
  auditor: "/complaints",
  agent: "/intake",
};

export const screensOf = ({ permissions }: Me): Screen[] =>
  SCREENS.filter(({ needs }) => needs.some((permission) => permissions.includes(permission)));
