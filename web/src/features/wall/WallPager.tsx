import { ActionIcon, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  /** From 0. */
  page: number;
  count: number;
  onTurn: (by: 1 | -1) => void;
}

/** Which of the wall's pages is shown, and the way to the ones beside it. */
export function WallPager({ page, count, onTurn }: Props) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        size="md"
        aria-label={t("wall.page_back")}
        title={`${t("wall.page_back")} (PgUp)`}
        onClick={() => onTurn(-1)}
      >
        ‹
      </ActionIcon>
      <Text size="sm" data-testid="wall-page" aria-live="polite">
        {t("wall.page", { n: page + 1, of: count })}
      </Text>
      <ActionIcon
        variant="default"
        size="md"
        aria-label={t("wall.page_on")}
        title={`${t("wall.page_on")} (PgDn)`}
        onClick={() => onTurn(1)}
      >
        ›
      </ActionIcon>
    </Group>
  );
}
