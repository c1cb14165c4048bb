import { Alert, Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useProblemText } from "./useProblemText";

export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  return (
    <Alert color="red" variant="outline" m="sm" role="alert" data-testid="problem">
      <Text size="sm">{textOf(error)}</Text>
      {onRetry && (
        <Button mt="xs" size="compact-sm" variant="default" onClick={onRetry}>
          {t("app.retry")}
        </Button>
      )}
    </Alert>
  );
}
