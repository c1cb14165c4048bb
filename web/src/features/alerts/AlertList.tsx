import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "@/api/types";
import { AlertStateMark, SeverityMark } from "@/components/Marks";
import { useAlertWords } from "@/components/useAlertWords";
import { useNow } from "@/components/useNow";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Alerts.module.css";
import { shownOrder } from "./order";

interface Props {
  alerts: readonly Alert[];
  selected: string | null;
  onSelect: (id: string) => void;
}

/** The queue, newest first. A row never moves while the cursor is over the list. */
export function AlertList({ alerts, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const [hovered, setHovered] = useState(false);
  const [kept, setKept] = useState<readonly string[]>([]);
  const wanted = alerts.map(({ id }) => id);
  const order = shownOrder(kept, wanted, hovered);
  const waiting = wanted.length - order.length;
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));

  return (
    <div
      className={classes.list}
      data-testid="alert-list"
      onPointerEnter={() => {
        setKept(wanted);
        setHovered(true);
      }}
      onPointerLeave={() => setHovered(false)}
    >
      {waiting > 0 && (
        <Button size="compact-sm" fullWidth variant="light" onClick={() => setKept(wanted)}>
          {t("alert.new_count", { n: waiting })}
        </Button>
      )}
      {alerts.length === 0 && (
        <Text p="md" fw={600}>
          {t("alert.none")}
        </Text>
      )}
      {order.map((id) => {
        const alert = byId.get(id);
        return (
          alert && (
            <AlertRow
              key={id}
              alert={alert}
              selected={id === selected}
              onSelect={() => onSelect(id)}
            />
          )
        );
      })}
    </div>
  );
}

function AlertRow({
  alert,
  selected,
  onSelect,
}: {
  alert: Alert;
  selected: boolean;
  onSelect: () => void;
}) {
  const { t } = useTranslation();
  const words = useAlertWords();
  const { duration } = useFormats();
  const ageS = (useNow() - Date.parse(alert.raised_at)) / 1000;
  return (
    <button
      type="button"
      className={classes.row}
      data-testid="alert-row"
      data-alert={alert.id}
      data-rule={alert.rule}
      data-severity={alert.severity}
      data-state={alert.state}
      aria-pressed={selected}
      onClick={onSelect}
    >
      <span className={classes.rowHead}>
        <SeverityMark severity={alert.severity} />
        <span className={classes.age}>{t("alert.age", { age: duration(ageS) })}</span>
      </span>
      <strong>{words.title(alert)}</strong>
      <span className={classes.place}>{words.place(alert)}</span>
      <span className={classes.rowHead}>
        <AlertStateMark state={alert.state} />
        {!alert.active && alert.cleared_at && <Cleared at={alert.cleared_at} />}
      </span>
    </button>
  );
}

function Cleared({ at }: { at: string }) {
  const { t } = useTranslation();
  const { time } = useFormats();
  return <span className={classes.age}>{t("alert.cleared", { at: time(at) })}</span>;
}
