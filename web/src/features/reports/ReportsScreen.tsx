import { Anchor, Group, Select, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useVehicles } from "@/api/queries/places";
import { reportFile, useReport, type ReportAsked } from "@/api/queries/reports";
import { useRegions } from "@/api/queries/users";
import type { ReportGroup } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { readNow } from "@/components/useNow";
import { useLanguage, useNames } from "@/i18n";
import { DEFAULT_ZONE, inputValues } from "@/i18n/formats";
import { ReportRows } from "./ReportRows";
import classes from "./Reports.module.css";
import { ReportTable } from "./ReportTable";
import { narrowed } from "./narrow";

const KINDS = ["plan-fact", "trips", "mileage", "stops"] as const;
const BYS = ["day", "vehicle", "region"] as const;
const FORMS = ["xlsx", "csv", "pdf"] as const;

/** Totals of the vans' work; each leads to the rows that it is made of, and to files. */
export function ReportsScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const lang = useLanguage();
  const [today] = useState(() => inputValues(readNow(), DEFAULT_ZONE).day);
  const [asked, setAsked] = useState<Omit<ReportAsked, "lang">>({
    kind: "plan-fact",
    from: today,
    to: today,
  });
  const [by, setBy] = useState<(typeof BYS)[number]>("vehicle");
  const [opened, setOpened] = useState<ReportGroup | "all" | null>(null);
  const { data: regions } = useRegions();
  const { data: vans } = useVehicles();
  const whole = { ...asked, lang };
  const report = useReport(whole, by);
  const change = (part: Partial<typeof asked>) => {
    setAsked((before) => ({ ...before, ...part }));
    setOpened(null);
  };

  return (
    <div className={classes.screen} data-testid="reports">
      <div className={classes.head}>
        <Title order={1} size="h4">
          {t("nav.reports")}
        </Title>
        <Select
          size="xs"
          w={240}
          allowDeselect={false}
          aria-label={t("report.kind")}
          value={asked.kind}
          data={KINDS.map((value) => ({ value, label: t(`report.kinds.${value}`) }))}
          data-testid="report-kind"
          onChange={(kind) => change({ kind: kind as ReportAsked["kind"] })}
        />
        <TextInput
          size="xs"
          type="date"
          aria-label={t("route.from")}
          value={asked.from}
          onChange={({ currentTarget: { value } }) =>
            value && change({ from: value, to: value > asked.to ? value : asked.to })
          }
        />
        <TextInput
          size="xs"
          type="date"
          aria-label={t("route.to")}
          value={asked.to}
          onChange={({ currentTarget: { value } }) =>
            value && change({ to: value, from: value < asked.from ? value : asked.from })
          }
        />
        <Select
          size="xs"
          clearable
          searchable
          aria-label={t("plan.region")}
          placeholder={t("plan.all_regions")}
          value={asked.region_id ?? null}
          data={(regions ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(region_id) => change({ region_id })}
        />
        <Select
          size="xs"
          clearable
          searchable
          aria-label={t("plan.vehicle")}
          placeholder={t("fence.all_vans")}
          value={asked.vehicle_id ?? null}
          data={(vans ?? []).map(({ id, plate }) => ({ value: id, label: plate }))}
          onChange={(vehicle_id) => change({ vehicle_id })}
        />
        <Select
          size="xs"
          allowDeselect={false}
          aria-label={t("report.by")}
          value={by}
          data={BYS.map((value) => ({ value, label: t(`report.bys.${value}`) }))}
          onChange={(chosen) => {
            setBy(chosen as typeof by);
            setOpened(null);
          }}
        />
        <Group gap="sm" aria-label={t("report.files")}>
          {FORMS.map((form) => (
            <Anchor key={form} size="sm" href={reportFile(whole, form)} download>
              {form.toUpperCase()}
            </Anchor>
          ))}
        </Group>
      </div>
      {report.error && <ProblemNote error={report.error} onRetry={() => void report.refetch()} />}
      {report.isLoading && <Loading />}
      {report.data && (
        <ReportTable report={report.data} opened={opened} onOpen={setOpened} by={by} />
      )}
      {report.data && opened && (
        <ReportRows
          key={opened === "all" ? "all" : `${opened.label} ${opened.first}`}
          asked={opened === "all" ? whole : narrowed(whole, opened)}
          label={opened === "all" ? t("report.total") : opened.label}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  );
}
