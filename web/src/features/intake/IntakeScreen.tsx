import { Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRegister, useServiceCodes } from "@/api/queries/complaints";
import { useOffices } from "@/api/queries/places";
import type { ComplaintCard } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { readNow } from "@/components/useNow";
import { DEFAULT_ZONE } from "@/i18n/formats";
import {
  EMPTY_DRAFT,
  intakeOf,
  mistakesOf,
  newAttempt,
  parseDraft,
  type Draft,
  type Mistakes,
} from "./form";
import classes from "./Intake.module.css";
import { IntakeForm } from "./IntakeForm";
import { OfficeNow } from "./OfficeNow";
import { Registered } from "./Registered";

const STORED = "ahual.intake";

export function IntakeScreen() {
  const { t } = useTranslation();
  const offices = useOffices();
  const codes = useServiceCodes();
  const register = useRegister();
  const [draft, setDraft] = useState(() => parseDraft(sessionStorage.getItem(STORED)));
  const [attempt, setAttempt] = useState(newAttempt);
  const [mistakes, setMistakes] = useState<Mistakes | null>(null);
  const [done, setDone] = useState<ComplaintCard | null>(null);

  const problem = offices.error ?? codes.error;
  if (problem) return <ProblemNote error={problem} onRetry={() => void offices.refetch()} />;
  if (!offices.data || !codes.data) return <Loading />;

  const office = offices.data.find(({ id }) => id === draft.officeId) ?? null;
  const zone = office?.time_zone ?? DEFAULT_ZONE;

  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    // Once told what is missing, the person sees each mistake go as it is mended.
    if (mistakes) setMistakes(mistakesOf(next, readNow(), zone));
    // What is typed is another complaint than the one that was tried before.
    setAttempt(newAttempt());
    sessionStorage.setItem(STORED, JSON.stringify(next));
  };
  const startAnew = () => {
    sessionStorage.removeItem(STORED);
    setDraft(EMPTY_DRAFT);
    setAttempt(newAttempt());
    setMistakes(null);
    setDone(null);
    register.reset();
  };
  const submit = () => {
    if (register.isPending) return;
    const nowMs = readNow();
    const found = mistakesOf(draft, nowMs, zone);
    setMistakes(found);
    if (Object.keys(found).length > 0) return;
    register.mutate(
      { intake: intakeOf(draft, nowMs, zone), attempt },
      {
        onSuccess: (card) => {
          sessionStorage.removeItem(STORED);
          setDone(card);
        },
      },
    );
  };

  return (
    <div className={classes.screen}>
      <Title order={1} size="h3" mb="sm">
        {t("intake.title")}
      </Title>
      {done ? (
        <Registered card={done} onNext={startAnew} />
      ) : (
        <div className={classes.desk}>
          <IntakeForm
            draft={draft}
            offices={offices.data}
            office={office}
            codes={codes.data}
            zone={zone}
            mistakes={mistakes ?? {}}
            busy={register.isPending}
            problem={register.error}
            onChange={change}
            onSubmit={submit}
          />
          {office && <OfficeNow office={office} />}
        </div>
      )}
    </div>
  );
}
