import { Button, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useArchiveGeofence, useGeofences } from "@/api/queries/geofences";
import { useCan } from "@/api/queries/session";
import { useRegions } from "@/api/queries/users";
import type { Geofence } from "@/api/types";
import { ArchiveButton } from "@/components/ArchiveButton";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";
import { FenceEditor } from "./FenceEditor";

/** Areas that vans must not leave or enter. */
export function FencesScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const fences = useGeofences();
  const { data: regions } = useRegions();
  const archive = useArchiveGeofence();
  const [edited, setEdited] = useState<Geofence | "new">();
  const hoursOf = ({ hours }: Geofence) =>
    hours
      ? `${hours.weekdays.map((n) => t(`timetable.weekday.${n}`)).join(", ")} ` +
        `${hours.from.slice(0, 5)}–${hours.to.slice(0, 5)}`
      : t("fence.always");

  return (
    <div className={screen.screen} data-testid="fences">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.fences")}
        </Title>
        {can("vans.plan") && edited === undefined && (
          <Button size="compact-sm" data-testid="fence-add" onClick={() => setEdited("new")}>
            {t("fence.add")}
          </Button>
        )}
      </div>
      {fences.error && <ProblemNote error={fences.error} />}
      {archive.error && <ProblemNote error={archive.error} />}
      {fences.isLoading && <Loading />}
      {edited !== undefined && (
        <FenceEditor
          fence={edited === "new" ? undefined : edited}
          onDone={() => setEdited(undefined)}
        />
      )}
      {fences.data?.length === 0 && edited === undefined && <p>{t("fence.none")}</p>}
      {edited === undefined && (
        <ul className={screen.list} aria-label={t("plan.fences")}>
          {fences.data?.map((one) => (
            <li key={one.id} className={screen.row} data-testid="fence-row">
              <strong>{nameOf(one.name)}</strong>
              <span>{t(`fence.rules.${one.rule}`)}</span>
              <span>{hoursOf(one)}</span>
              <span>
                {nameOf(regions?.find(({ id }) => id === one.region_id)?.name) ||
                  t("plan.all_regions")}
              </span>
              <span>
                {one.vehicles.length === 0
                  ? t("fence.all_vans")
                  : t("fence.vans", { n: one.vehicles.length })}
              </span>
              {can("vans.plan") && (
                <span className={screen.acts}>
                  <Button size="compact-xs" variant="default" onClick={() => setEdited(one)}>
                    {t("plan.change")}
                  </Button>
                  <ArchiveButton
                    busy={archive.isPending}
                    onArchive={() => archive.mutate(one.id)}
                  />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
