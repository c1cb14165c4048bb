import { Button, Group, Modal, Select, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMoveComplaint } from "@/api/queries/complaints";
import type { ComplaintCard, ComplaintState, OutcomeKind } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import classes from "./Card.module.css";
import { EMPTY_STEP, mistakesOfStep, moveOf, type Step } from "./step";

const OUTCOMES: readonly OutcomeKind[] = ["provided", "lawfully_refused", "withdrawn"];

/** The next steps that this role may take; closing asks what became of the service. */
export function Moves({ card }: { card: ComplaintCard }) {
  const { t } = useTranslation();
  const move = useMoveComplaint(card.id, card.version);
  const [to, setTo] = useState<ComplaintState | null>(null);
  const [step, setStep] = useState<Step>(EMPTY_STEP);
  const [tried, setTried] = useState(false);
  const needsOutcome = to === "closed" && !card.outcome;
  const mistakes = tried && to ? mistakesOfStep(step, needsOutcome) : {};
  const said = (key: string | undefined) => (key ? t(key) : undefined);

  const next = card.allowed_moves.find((state) => state === "closed") ?? card.allowed_moves[0];

  const open = (state: ComplaintState) => {
    move.reset();
    setStep(EMPTY_STEP);
    setTried(false);
    setTo(state);
  };
  const submit = () => {
    if (!to) return;
    setTried(true);
    if (Object.keys(mistakesOfStep(step, needsOutcome)).length > 0) return;
    move.mutate(moveOf(to, step, needsOutcome), { onSuccess: () => setTo(null) });
  };

  return (
    <section className={classes.moves} aria-label={t("move.title")}>
      <Title order={2} size="h5">
        {t("move.title")}
      </Title>
      {card.allowed_moves.length === 0 && <Text c="dark.1">{t("move.none")}</Text>}
      <Group gap="xs">
        {card.allowed_moves.map((state) => (
          <Button
            key={state}
            variant={state === next ? "filled" : "default"}
            data-testid={`move-${state}`}
            onClick={() => open(state)}
          >
            {t(`move.${state}`)}
          </Button>
        ))}
      </Group>
      <Modal
        opened={to !== null}
        onClose={() => setTo(null)}
        title={to && t(`move.${to}`)}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Stack>
          {needsOutcome && (
            <>
              <Text size="sm">{t("move.closed_why")}</Text>
              <Select
                label={t("outcome.kind")}
                data-testid="outcome-kind"
                data-autofocus
                value={step.outcomeKind}
                error={said(mistakes.outcomeKind)}
                data={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
                onChange={(kind) => setStep({ ...step, outcomeKind: kind as OutcomeKind | null })}
              />
              <Textarea
                label={t("outcome.note")}
                data-testid="outcome-note"
                autosize
                minRows={2}
                value={step.outcomeNote}
                error={said(mistakes.outcomeNote)}
                onChange={(event) => setStep({ ...step, outcomeNote: event.currentTarget.value })}
              />
            </>
          )}
          <Textarea
            label={t("move.note")}
            data-testid="move-note"
            data-autofocus
            autosize
            minRows={2}
            value={step.note}
            error={said(mistakes.note)}
            onChange={(event) => setStep({ ...step, note: event.currentTarget.value })}
          />
          {move.error && <ProblemNote error={move.error} />}
          <Group justify="end">
            <Button variant="default" onClick={() => setTo(null)}>
              {t("app.cancel")}
            </Button>
            <Button loading={move.isPending} data-testid="move-submit" onClick={submit}>
              {to && t(`move.${to}`)}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}
