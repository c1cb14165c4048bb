import { Skeleton, Stack, Text } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const SAY_AFTER_MS = 5000;

/** Skeleton; after five seconds it says what it waits for. */
export function Loading({ rows = 3 }: { rows?: number }) {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useTimeout(() => setLate(true), SAY_AFTER_MS, { autoInvoke: true });
  return (
    <Stack p="md" gap="sm" role="status" aria-label={t("app.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={22} />
      ))}
      {late && <Text c="dimmed">{t("app.still_loading")}</Text>}
    </Stack>
  );
}
