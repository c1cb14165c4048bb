import { Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMoveAlert, useOpenAlerts, type AlertMove } from "@/api/queries/alerts";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useHotkeys } from "@/components/useHotkeys";
import { AlertDetails } from "./AlertDetails";
import { AlertList } from "./AlertList";
import classes from "./Alerts.module.css";

/** Where the list and an alert fit side by side; as in the stylesheet. */
const WIDE = "(min-width: 821px)";

export function AlertScreen() {
  const { t } = useTranslation();
  const alerts = useOpenAlerts();
  const move = useMoveAlert();
  const navigate = useNavigate();
  const { id } = useSearch({ from: "/alerts" });
  const rows = alerts.data ?? [];
  const selected = id ?? null;

  const select = (next: string) => void navigate({ to: "/alerts", search: { id: next } });
  const isWide = useMediaQuery(WIDE, false, { getInitialValueInEffect: false });
  const newest = rows[0]?.id;
  useEffect(() => {
    if (!isWide || selected !== null || !newest) return;
    void navigate({ to: "/alerts", search: { id: newest }, replace: true });
  }, [isWide, selected, newest, navigate]);
  const step = (by: 1 | -1) => {
    const at = rows.findIndex((row) => row.id === selected);
    const next = at < 0 ? rows[0] : rows[(at + by + rows.length) % rows.length];
    if (next) select(next.id);
  };
  const act = (what: AlertMove, note = "") => {
    if (selected) move.mutate({ id: selected, move: what, note });
  };
  useHotkeys({
    KeyN: () => step(1),
    KeyP: () => step(-1),
    KeyA: () => act("acknowledge"),
    KeyR: () => act("resolve"),
  });

  if (alerts.error) {
    return <ProblemNote error={alerts.error} onRetry={() => void alerts.refetch()} />;
  }
  if (!alerts.data) return <Loading />;

  return (
    <div className={classes.screen} data-selected={selected !== null}>
      <AlertList alerts={rows} selected={selected} onSelect={select} />
      <section className={classes.details} aria-label={t("alert.title")}>
        {move.error && <ProblemNote error={move.error} />}
        {selected ? (
          <AlertDetails key={selected} id={selected} busy={move.isPending} onMove={act} />
        ) : (
          <Text p="lg" c="dark.1">
            {rows.length > 0 ? t("alert.choose") : t("alert.none_hint")}
          </Text>
        )}
      </section>
    </div>
  );
}
