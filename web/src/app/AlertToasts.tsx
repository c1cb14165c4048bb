import { CloseButton, Group, Text } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTopic } from "@/api/liveContext";
import type { Alert } from "@/api/types";
import { LinkButton } from "@/components/LinkButton";
import { SeverityMark } from "@/components/Marks";
import { useAlertWords } from "@/components/useAlertWords";
import classes from "./AlertToasts.module.css";

const MOST = 3;
const SHOWN_MS = 20_000;

/** New alerts, said once in the corner; a complaint's leads straight to its card and replay. */
export function AlertToasts() {
  const { t } = useTranslation();
  const words = useAlertWords();
  const [toasts, setToasts] = useState<Alert[]>([]);
  const onWall = useRouterState({ select: ({ location }) => location.pathname === "/wall" });
  const dismiss = useCallback(
    (gone: string) => setToasts((shown) => shown.filter(({ id }) => id !== gone)),
    [],
  );

  useTopic(
    "alert",
    useCallback(
      (alert: Alert) => {
        if (alert.state !== "open") return dismiss(alert.id);
        setToasts((shown) => {
          if (shown.some(({ id }) => id === alert.id)) return shown;
          return [alert, ...shown].slice(0, MOST);
        });
      },
      [dismiss],
    ),
  );

  // The wall itself turns to an alert with a camera; a toast would cover its tile.
  const told = toasts.filter(({ camera }) => !onWall || !camera);

  return (
    <div className={classes.stack} aria-live="polite">
      {told.map((alert) => (
        <Toast key={alert.id} onDismiss={dismiss} id={alert.id}>
          <div className={classes.toast} data-severity={alert.severity} data-testid="alert-toast">
            <Group justify="space-between" wrap="nowrap">
              <SeverityMark severity={alert.severity} />
              <CloseButton aria-label={t("alert.dismiss")} onClick={() => dismiss(alert.id)} />
            </Group>
            <Text fw={600}>{words.title(alert)}</Text>
            <Text size="sm" c="dark.1">
              {words.place(alert)}
            </Text>
            <LinkButton
              mt={6}
              size="compact-sm"
              data-testid="alert-toast-open"
              {...(alert.complaint_id
                ? ({ to: "/complaints/$id", params: { id: alert.complaint_id } } as const)
                : ({ to: "/alerts", search: { id: alert.id } } as const))}
              onClick={() => dismiss(alert.id)}
            >
              {alert.complaint_id ? t("alert.open_card") : t("alert.show")}
            </LinkButton>
          </div>
        </Toast>
      ))}
    </div>
  );
}

function Toast({
  id,
  onDismiss,
  children,
}: {
  id: string;
  onDismiss: (id: string) => void;
  children: React.ReactNode;
}) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, onDismiss]);
  return children;
}
