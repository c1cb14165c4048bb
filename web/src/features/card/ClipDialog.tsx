import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRequestClip } from "@/api/queries/complaints";
import type { ComplaintCard } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { readNow } from "@/components/useNow";
import { inputValues, instantOf } from "@/i18n/formats";

interface Props {
  card: ComplaintCard;
  cameraId: string;
  zone: string;
  onClose: () => void;
}

const DEFAULT_EACH_SIDE_MS = 60_000;
/** A clip ends in the past, and the recorder needs a moment to write it. */
const JUST_PASSED_MS = 2000;

/** Asks for a clip of the camera on screen; the office's clock is used for both times. */
export function ClipDialog({ card, cameraId, zone, onClose }: Props) {
  const { t } = useTranslation();
  const ask = useRequestClip(card.id);
  const middleMs = Date.parse(card.confirmed_at ?? card.happened_at);
  const { day } = inputValues(middleMs, zone);
  const [from, setFrom] = useState(inputValues(middleMs - DEFAULT_EACH_SIDE_MS, zone).time);
  const [to, setTo] = useState(() => {
    const endMs = Math.min(middleMs + DEFAULT_EACH_SIDE_MS, readNow() - JUST_PASSED_MS);
    return inputValues(endMs, zone).time;
  });
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const start = instantOf(day, from, zone);
  const end = instantOf(day, to, zone);
  const inOrder = start < end;

  const submit = () => {
    setTried(true);
    if (!inOrder || !reason.trim()) return;
    ask.mutate(
      {
        camera_id: cameraId,
        from: start.toISOString(),
        to: end.toISOString(),
        reason: reason.trim(),
      },
      { onSuccess: onClose },
    );
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("card.export")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack>
        <Group grow align="start">
          <TextInput
            label={t("card.export_from")}
            data-testid="clip-from"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t("card.export_to")}
            data-testid="clip-to"
            value={to}
            error={tried && !inOrder && t("card.export_bad")}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </Group>
        <Textarea
          data-autofocus
          data-testid="clip-reason"
          label={t("card.export_reason")}
          value={reason}
          error={tried && !reason.trim() && t("card.export_reason_missing")}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {ask.error && <ProblemNote error={ask.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button loading={ask.isPending} data-testid="clip-submit" onClick={submit}>
            {t("card.export")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
