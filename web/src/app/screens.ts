import type { Me, RoleName } from "@/api/types";

interface Screen {
  to: "/wall" | "/alerts" | "/map" | "/intake" | "/complaints";
  label: string;
  /** Who has work there; the server decides what each of them may really do. */
  roles: readonly RoleName[];
}

const SCREENS: readonly Screen[] = [
  { to: "/wall", label: "nav.wall", roles: ["operator", "supervisor", "dispatcher"] },
  {
    to: "/alerts",
    label: "nav.alerts",
    roles: ["operator", "supervisor", "dispatcher", "auditor"],
  },
  {
    to: "/map",
    label: "nav.map",
    roles: ["operator", "supervisor", "dispatcher", "auditor", "admin"],
  },
  { to: "/intake", label: "nav.intake", roles: ["agent", "operator", "supervisor"] },
  {
    to: "/complaints",
    label: "nav.complaints",
    roles: ["agent", "operator", "supervisor", "auditor", "dispatcher"],
  },
];

export const screensOf = (me: Me): Screen[] =>
  SCREENS.filter(({ roles }) => roles.includes(me.role));
