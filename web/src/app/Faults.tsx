import { Button, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LinkButton } from "@/components/LinkButton";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Stack p="xl" align="start">
      <Title order={1}>{t("app.not_found")}</Title>
      <LinkButton to="/">{t("app.to_start")}</LinkButton>
    </Stack>
  );
}

export function Crash({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <Stack p="xl" align="start" role="alert">
      <Title order={1}>{t("app.crashed")}</Title>
      <Text c="dimmed">{error instanceof Error ? error.message : String(error)}</Text>
      <Button onClick={() => location.reload()}>{t("app.reload")}</Button>
    </Stack>
  );
}
