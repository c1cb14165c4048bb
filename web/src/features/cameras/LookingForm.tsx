import { Button, Group, NumberInput, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeLooking, useLooking } from "@/api/queries/cameras";
import type { Looking } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Cameras.module.css";

/** How vision looks at a camera: what is wished, and how it goes. */
export function LookingForm({ cameraId }: { cameraId: string }) {
  const { t } = useTranslation();
  const looking = useLooking(cameraId);
  return (
    <section className={classes.form} aria-label={t("camera.looking.title")} data-testid="looking">
      <Title order={3} size="h5" mt="lg">
        {t("camera.looking.title")}
      </Title>
      {looking.error && (
        <ProblemNote error={looking.error} onRetry={() => void looking.refetch()} />
      )}
      {looking.data && <Health health={looking.data.health} />}
      {looking.data && <Wishes cameraId={cameraId} looking={looking.data} />}
    </section>
  );
}

function Health({ health }: { health: Looking["health"] }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  if (!health) return <Text size="sm">{t("camera.looking.nobody")}</Text>;
  const { looks_per_s, late_s, dropped, broken, key_interval_s, whole } = health;
  const facts = [
    t("camera.looking.rate", { n: number(looks_per_s, 1) }),
    late_s !== null && t("camera.looking.late", { s: number(late_s, 2) }),
    dropped > 0 && t("camera.looking.dropped", { n: dropped }),
    broken > 0 && t("camera.looking.broken", { n: broken }),
  ];
  return (
    <div className={classes.look}>
      <span className={classes.facts}>{facts.filter(Boolean).join(" · ")}</span>
      {whole && (
        <Text size="sm" data-testid="looking-whole">
          {key_interval_s === null
            ? t("camera.looking.whole_unknown")
            : t("camera.looking.whole", { s: number(key_interval_s, 1) })}
        </Text>
      )}
    </div>
  );
}

function Wishes({ cameraId, looking }: { cameraId: string; looking: Looking }) {
  const { t } = useTranslation();
  const save = useChangeLooking(cameraId);
  const [rate, setRate] = useState(looking.looks_per_s);
  const [score, setScore] = useState(looking.score);
  const wish = (value: number | string) => (value === "" ? null : Number(value));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ looks_per_s: rate, score });
      }}
    >
      <Group grow align="end">
        <NumberInput
          label={t("camera.looking.wished_rate")}
          placeholder={t("camera.looking.by_itself")}
          min={0.1}
          max={5}
          step={0.5}
          value={rate ?? ""}
          onChange={(value) => setRate(wish(value))}
        />
        <NumberInput
          label={t("camera.looking.score")}
          placeholder={t("camera.looking.by_itself")}
          min={0.05}
          max={0.95}
          step={0.05}
          value={score ?? ""}
          onChange={(value) => setScore(wish(value))}
        />
      </Group>
      <Text size="sm" c="dark.1" my="xs">
        {t("camera.looking.hint")}
      </Text>
      {save.error && <ProblemNote error={save.error} />}
      <Group>
        <Button type="submit" loading={save.isPending} data-testid="looking-save">
          {t("camera.looking.save")}
        </Button>
        <Text size="sm" role="status">
          {save.isSuccess ? t("camera.saved") : ""}
        </Text>
      </Group>
    </form>
  );
}
