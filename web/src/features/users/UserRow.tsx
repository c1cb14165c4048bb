import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnableUser, useRegions } from "@/api/queries/users";
import type { User } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { Shape } from "@/components/Shape";
import { LANGUAGE_NAMES, useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Users.module.css";

interface Props {
  user: User;
  /** Of the person who looks: nobody locks themselves out. */
  own: boolean;
}

export function UserRow({ user, own }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { dateTime } = useFormats();
  const { data: regions } = useRegions();
  const enable = useEnableUser();
  const [asking, setAsking] = useState(false);
  const { id, login, full_name: name, role, language, region_id, disabled_at } = user;
  const region = regions?.find((each) => each.id === region_id);
  const set = (enabled: boolean) => {
    setAsking(false);
    enable.mutate({ id, enabled });
  };

  return (
    <li className={classes.row} data-testid="user-row" data-disabled={disabled_at !== null}>
      <span>
        <strong>{name}</strong> <span className={classes.dim}>{login}</span>
      </span>
      <span>
        {t(`role.${role}`)}
        <span className={classes.dim}> · {LANGUAGE_NAMES[language]}</span>
      </span>
      <span>{region_id ? nameOf(region?.name) : t("user.all_regions")}</span>
      <span className={classes.state}>
        <Shape name={disabled_at ? "octagon" : "check"} />
        {disabled_at ? t("user.disabled", { at: dateTime(disabled_at) }) : t("user.active")}
      </span>
      {own ? (
        <span className={classes.dim}>{t("user.you")}</span>
      ) : (
        !asking && (
          <Button
            size="compact-sm"
            variant="default"
            loading={enable.isPending}
            aria-label={`${t(disabled_at ? "user.enable" : "user.disable")}: ${name}`}
            onClick={() => (disabled_at ? set(true) : setAsking(true))}
          >
            {t(disabled_at ? "user.enable" : "user.disable")}
          </Button>
        )
      )}
      {asking && (
        <Group className={classes.ask} gap="xs" role="group" aria-label={name}>
          <span>{t("user.sure", { name })}</span>
          <Button size="compact-sm" color="red" autoFocus onClick={() => set(false)}>
            {t("user.disable")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
            {t("user.cancel")}
          </Button>
        </Group>
      )}
      {enable.error && <ProblemNote error={enable.error} />}
    </li>
  );
}
