import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ComplaintCard } from "@/api/types";
import { LinkButton } from "@/components/LinkButton";
import classes from "./Intake.module.css";

/** What the agent reads out to the caller. */
export function Registered({ card, onNext }: { card: ComplaintCard; onNext: () => void }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="lg" className={classes.done} role="status">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("intake.done")}
        </Title>
        <Text>{t("intake.tell")}</Text>
        <Group gap="xl">
          <div>
            <Text size="sm" c="dark.1">
              {t("intake.talon")}
            </Text>
            <output className={classes.big} data-testid="talon">
              {card.number}
            </output>
          </div>
          <div>
            <Text size="sm" c="dark.1">
              {t("intake.code")}
            </Text>
            <output className={classes.big} data-testid="talon-code">
              {card.code}
            </output>
          </div>
        </Group>
        <Group>
          <Button onClick={onNext} data-autofocus autoFocus data-testid="next-complaint">
            {t("intake.next")}
          </Button>
          <LinkButton
            variant="default"
            to="/complaints/$id"
            params={{ id: card.id }}
            data-testid="open-card"
          >
            {t("intake.open")}
          </LinkButton>
        </Group>
      </Stack>
    </Paper>
  );
}
