import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

interface MapPlace {
  /** The chosen van. */
  selected: string | null;
  /** The moment that is replayed; null for now. */
  past: number | null;
  /** Whether the page was opened at that moment by a link: then it stands there. */
  linked: boolean;
  select: (vehicle: string | null) => void;
  replayFrom: (moment: number | null) => void;
}

/** What the map shows, kept in its address, so that any view of it can be linked to. */
export function useMapPlace(): MapPlace {
  const { vehicle, at } = useSearch({ from: "/map" });
  const navigate = useNavigate();
  const [openedAt] = useState(at);
  const show = (van: string | null | undefined, moment: string | null | undefined) =>
    void navigate({
      to: "/map",
      search: { ...(van ? { vehicle: van } : {}), ...(moment ? { at: moment } : {}) },
      replace: true,
    });
  return {
    selected: vehicle ?? null,
    past: at === undefined ? null : Date.parse(at),
    linked: at !== undefined && at === openedAt,
    select: (van) => show(van, at),
    replayFrom: (moment) => show(vehicle, moment === null ? null : new Date(moment).toISOString()),
  };
}
