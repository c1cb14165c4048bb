import { Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useServiceCodes } from "@/api/queries/complaints";
import type { ComplaintCard } from "@/api/types";
import { ComplaintStateMark } from "@/components/Marks";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Card.module.css";

export function CardHead({ card, zone }: { card: ComplaintCard; zone: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime, number } = useFormats();
  const { data: codes } = useServiceCodes();
  const category = codes?.find(({ code }) => code === card.service_code);
  const caller = [card.caller_name, card.caller_phone].filter(Boolean).join(", ");

  return (
    <header className={classes.head}>
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h2" className={classes.talon}>
          <span className={classes.dim}>{t("complaint.number")}</span>{" "}
          <span data-testid="talon">{card.number}</span>
        </Title>
        <ComplaintStateMark state={card.state} />
      </Group>
      <Text fw={600}>{category ? nameOf(category.name) : card.service_code}</Text>
      <Text className={classes.description}>{card.description}</Text>
      <dl className={classes.facts}>
        <dt>{t("complaint.office")}</dt>
        <dd>
          {nameOf(card.office.name)}
          {card.window && ` · ${t("office.window", { n: card.window.number })}`}
        </dd>
        <dt>{t("complaint.happened")}</dt>
        <dd>
          {dateTime(card.happened_at, zone)}{" "}
          {t("intake.within_value", { n: number(card.happened_within_s / 60) })}
        </dd>
        <dt>{t("complaint.requested")}</dt>
        <dd>
          {dateTime(card.requested_at, zone)} · {t(`channel.${card.channel}`)}
        </dd>
        {card.ticket_number && (
          <>
            <dt>{t("intake.ticket")}</dt>
            <dd>{card.ticket_number}</dd>
          </>
        )}
        {caller && (
          <>
            <dt>{t("card.caller")}</dt>
            <dd>{caller}</dd>
          </>
        )}
        <dt>{t("card.code")}</dt>
        <dd>{card.code}</dd>
        <dt>{t("outcome.title")}</dt>
        <dd data-testid="outcome">
          {card.outcome
            ? `${t(`outcome.${card.outcome.kind}`)} — ${card.outcome.note}`
            : t("outcome.none")}
        </dd>
      </dl>
    </header>
  );
}
