import { Button, Group, Textarea, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useComment } from "@/api/queries/complaints";
import { useCan } from "@/api/queries/session";
import type { ComplaintCard, ComplaintUpdate } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";

/** The card's history, which only grows, and a line to add to it. */
export function Comments({ card, zone }: { card: ComplaintCard; zone: string }) {
  const { t, i18n } = useTranslation();
  const { dateTime } = useFormats();
  const can = useCan();
  const comment = useComment(card.id);
  const [text, setText] = useState("");
  const wordOf = ({ kind, to_state }: ComplaintUpdate) => {
    if (kind === "state" && to_state) return t(`complaint.states.${to_state}`);
    const key = `update.${kind}`;
    return i18n.exists(key) ? t(key) : kind;
  };
  const send = () => {
    const note = text.trim();
    if (note) comment.mutate(note, { onSuccess: () => setText("") });
  };

  return (
    <section aria-label={t("card.history")}>
      <Title order={2} size="h5">
        {t("card.history")}
      </Title>
      <ol className={classes.history}>
        {card.updates.map((update, index) => (
          <li key={`${update.at}${index}`} data-testid="update" data-kind={update.kind}>
            <time>{dateTime(update.at, zone)}</time> <strong>{wordOf(update)}</strong> ·{" "}
            {update.by?.full_name ?? t("card.system")}
            {update.note && <span className={classes.note}>{update.note}</span>}
          </li>
        ))}
      </ol>
      {can("complaints.comment") && (
        <Group align="end" mt="xs" className={classes.comment}>
          <Textarea
            label={t("card.comment")}
            autosize
            minRows={1}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button variant="default" loading={comment.isPending} onClick={send}>
            {t("card.comment_add")}
          </Button>
        </Group>
      )}
      {comment.error && <ProblemNote error={comment.error} />}
    </section>
  );
}
