import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  busy: boolean;
  onArchive: () => void;
  /** What goes with it. */
  hint?: string;
  label?: string;
  sure?: string;
}

/** Puts something away after asking once more in its place. */
export function ArchiveButton({ busy, onArchive, hint, label, sure }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <Button size="compact-xs" variant="subtle" onClick={() => setAsking(true)}>
        {label ?? t("plan.archive")}
      </Button>
    );
  return (
    <>
      {hint && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
      <Button size="compact-xs" color="red" loading={busy} autoFocus onClick={onArchive}>
        {sure ?? t("plan.archive_sure")}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => setAsking(false)}>
        {t("app.cancel")}
      </Button>
    </>
  );
}
