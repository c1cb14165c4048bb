import { Button, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useArchiveRoute, useRoute, useRoutes } from "@/api/queries/plans";
import { useCan } from "@/api/queries/session";
import { useRegions } from "@/api/queries/users";
import { ArchiveButton } from "@/components/ArchiveButton";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import screen from "@/styles/screen.module.css";
import { draftOf, newDraft } from "./draft";
import { RouteEditor } from "./RouteEditor";

/** The roads that vans drive; one can be added, changed or put away. */
export function RoutesScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const { number } = useFormats();
  const routes = useRoutes();
  const { data: regions } = useRegions();
  const archive = useArchiveRoute();
  const [edited, setEdited] = useState<string>();
  const [saved, setSaved] = useState("");
  const route = useRoute(edited === "new" ? undefined : edited);
  const start =
    edited === "new"
      ? newDraft("")
      : route.data?.id === edited
        ? route.data && draftOf(route.data)
        : null;

  return (
    <div className={screen.screen} data-testid="routes">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.routes")}
        </Title>
        {can("vans.plan") && edited === undefined && (
          <Button size="compact-sm" data-testid="route-add" onClick={() => setEdited("new")}>
            {t("route.add")}
          </Button>
        )}
        <p role="status" className={screen.status}>
          {saved && t("plan.saved", { name: saved })}
        </p>
      </div>
      {routes.error && <ProblemNote error={routes.error} onRetry={() => void routes.refetch()} />}
      {route.error && <ProblemNote error={route.error} />}
      {archive.error && <ProblemNote error={archive.error} />}
      {edited !== undefined && !start && <Loading />}
      {start && (
        <RouteEditor
          key={edited}
          start={start}
          onDone={(stored) => {
            setEdited(undefined);
            setSaved(stored ? nameOf(stored.name) : "");
          }}
        />
      )}
      {routes.isLoading && <Loading />}
      {routes.data?.length === 0 && <p>{t("route.none")}</p>}
      {edited === undefined && (
        <ul className={screen.list} aria-label={t("plan.routes")}>
          {routes.data?.map((one) => (
            <li key={one.id} className={screen.row} data-testid="route-row">
              <strong>{nameOf(one.name)}</strong>
              <span>{nameOf(regions?.find(({ id }) => id === one.region_id)?.name)}</span>
              <span>{t("route.length", { n: number(one.length_m / 1000) })}</span>
              <span>{t("route.stops", { n: one.stops })}</span>
              <span>{t("route.ahead", { n: one.trips_ahead })}</span>
              <span className={screen.dim}>
                {t(`route.source.${one.source}`)} · {t("route.version", { n: one.version })}
              </span>
              {can("vans.plan") && (
                <span className={screen.acts}>
                  <Button
                    size="compact-xs"
                    variant="default"
                    data-testid="route-change"
                    onClick={() => setEdited(one.id)}
                  >
                    {t("plan.change")}
                  </Button>
                  <ArchiveButton
                    busy={archive.isPending}
                    onArchive={() => archive.mutate(one.id)}
                    hint={t("timetable.archive_hint")}
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
