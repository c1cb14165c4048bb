import { Button, Group, Select, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useComplaints, useServiceCodes } from "@/api/queries/complaints";
import type { ComplaintState } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useHotkeys } from "@/components/useHotkeys";
import classes from "./Complaints.module.css";
import { ComplaintRow } from "./ComplaintRow";

const STATES: readonly ComplaintState[] = [
  "received",
  "registered",
  "investigating",
  "acting",
  "short_answer_sent",
  "full_answer_sent",
  "closed",
  "withdrawn",
  "reopened",
];
const SEARCH_AFTER_MS = 250;

export function ComplaintsScreen() {
  const { t } = useTranslation();
  const search = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), SEARCH_AFTER_MS);
  const list = useComplaints({ state: state ?? "", q });
  const { data: codes } = useServiceCodes();
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = Boolean(state) || typed !== "";
  useHotkeys({ Slash: () => search.current?.focus() });

  return (
    <div className={classes.screen}>
      <Group align="end" mb="sm">
        <Title order={1} size="h3">
          {t("complaint.title")}
        </Title>
        <TextInput
          ref={search}
          className={classes.search}
          data-testid="complaint-search"
          placeholder={t("complaint.search")}
          aria-label={t("complaint.search")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          clearable
          aria-label={t("complaint.state")}
          placeholder={t("complaint.all_states")}
          value={state}
          data={STATES.map((value) => ({ value, label: t(`complaint.states.${value}`) }))}
          onChange={setState}
        />
      </Group>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading rows={6} />}
      {list.data && rows.length === 0 && (
        <Group>
          <Text>{t("complaint.none")}</Text>
          {filtered && (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                setState(null);
                setTyped("");
              }}
            >
              {t("app.clear_filter")}
            </Button>
          )}
        </Group>
      )}
      <div className={classes.rows}>
        {rows.map((complaint) => (
          <ComplaintRow key={complaint.id} complaint={complaint} codes={codes ?? []} />
        ))}
      </div>
      {list.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("app.more")}
        </Button>
      )}
    </div>
  );
}
