import { Button, Select, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeCrew, useCrew } from "@/api/queries/plans";
import { useCan } from "@/api/queries/session";
import { useRegions } from "@/api/queries/users";
import type { CrewIn } from "@/api/types";
import { ArchiveButton } from "@/components/ArchiveButton";
import { Loading } from "@/components/Loading";
import { PlanSections } from "@/components/PlanSections";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import screen from "@/styles/screen.module.css";

const NOBODY: CrewIn = { full_name: "", role: "driver", phone: null, region_id: "" };

/** Drivers and specialists who go with vans. */
export function CrewScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const crew = useCrew(can("vans.plan"));
  const { data: regions } = useRegions();
  const change = useChangeCrew();
  const [draft, setDraft] = useState<CrewIn | null>(null);
  const put = (part: Partial<CrewIn>) => setDraft((before) => before && { ...before, ...part });

  return (
    <div className={screen.screen} data-testid="crew">
      <PlanSections />
      <div className={screen.head}>
        <Title order={1} size="h4">
          {t("plan.crew")}
        </Title>
        {can("vans.plan") && !draft && (
          <Button size="compact-sm" onClick={() => setDraft(NOBODY)}>
            {t("crew.add")}
          </Button>
        )}
      </div>
      {draft && (
        <form
          className={screen.form}
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ add: draft }, { onSuccess: () => setDraft(null) });
          }}
        >
          <div className={screen.fields}>
            <TextInput
              required
              autoFocus
              maxLength={200}
              label={t("crew.full_name")}
              value={draft.full_name}
              onChange={(event) => put({ full_name: event.currentTarget.value })}
            />
            <Select
              allowDeselect={false}
              label={t("crew.role")}
              value={draft.role}
              data={(["driver", "specialist"] as const).map((value) => ({
                value,
                label: t(`crew.roles.${value}`),
              }))}
              onChange={(role) => put({ role: role as CrewIn["role"] })}
            />
            <TextInput
              type="tel"
              maxLength={200}
              label={t("crew.phone")}
              value={draft.phone ?? ""}
              onChange={(event) => put({ phone: event.currentTarget.value || null })}
            />
            <Select
              required
              searchable
              label={t("plan.region")}
              value={draft.region_id || null}
              data={(regions ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
              onChange={(region_id) => put({ region_id: region_id ?? "" })}
            />
          </div>
          <span className={screen.acts}>
            <Button type="submit" size="compact-sm" loading={change.isPending}>
              {t("plan.save")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setDraft(null)}>
              {t("app.cancel")}
            </Button>
          </span>
        </form>
      )}
      {change.error && <ProblemNote error={change.error} />}
      {crew.error && <ProblemNote error={crew.error} />}
      {crew.isLoading && <Loading />}
      {crew.data?.length === 0 && <p>{t("crew.none")}</p>}
      <ul className={screen.list} aria-label={t("plan.crew")}>
        {crew.data?.map((one) => (
          <li key={one.id} className={screen.row}>
            <strong>{one.full_name}</strong>
            <span>{t(`crew.roles.${one.role}`)}</span>
            <span>{one.phone}</span>
            <span>{nameOf(regions?.find(({ id }) => id === one.region_id)?.name)}</span>
            <span className={screen.acts}>
              <ArchiveButton
                busy={change.isPending}
                onArchive={() => change.mutate({ archive: one.id })}
              />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
