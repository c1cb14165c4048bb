import { Button, Group, PasswordInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddUser, useRegions } from "@/api/queries/users";
import type { RoleName, User, UserIn } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { LANGUAGE_NAMES, LANGUAGES, useNames } from "@/i18n";
import classes from "./Users.module.css";

const ROLES: readonly RoleName[] = [
  "operator",
  "dispatcher",
  "agent",
  "supervisor",
  "auditor",
  "admin",
];
const SHORTEST_PASSWORD = 8;

const NOBODY: UserIn = {
  login: "",
  password: "",
  full_name: "",
  role: "operator",
  language: "kk",
  region_id: null,
};

/** `onDone` is told the name of who was added, or nothing when it was given up. */
export function AddUser({ onDone }: { onDone: (name?: string) => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: regions } = useRegions();
  const [draft, setDraft] = useState(NOBODY);
  const add = useAddUser();
  const change = (part: Partial<UserIn>) => setDraft((before) => ({ ...before, ...part }));

  return (
    <form
      className={classes.form}
      data-testid="user-form"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(draft, { onSuccess: ({ full_name }) => onDone(full_name) });
      }}
    >
      <div className={classes.fields}>
        <TextInput
          required
          autoFocus
          maxLength={200}
          label={t("user.full_name")}
          value={draft.full_name}
          data-testid="user-name"
          onChange={(event) => change({ full_name: event.currentTarget.value })}
        />
        <TextInput
          required
          label={t("user.login")}
          description={t("user.login_hint")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          minLength={2}
          maxLength={64}
          pattern="[a-z0-9][a-z0-9._\-]*"
          value={draft.login}
          data-testid="user-login"
          onChange={(event) => change({ login: event.currentTarget.value.toLowerCase() })}
        />
        <PasswordInput
          required
          label={t("user.password")}
          description={t("user.password_hint")}
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          value={draft.password}
          data-testid="user-password"
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
        <Select
          label={t("user.role")}
          allowDeselect={false}
          value={draft.role}
          data-testid="user-role"
          data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          onChange={(role) => change({ role: role as RoleName })}
        />
        <Select
          label={t("user.region")}
          clearable
          searchable
          placeholder={t("user.all_regions")}
          value={draft.region_id ?? null}
          data={(regions ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(region_id) => change({ region_id })}
        />
        <Select
          label={t("user.language")}
          allowDeselect={false}
          value={draft.language ?? "kk"}
          data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(language) => change({ language: language as User["language"] })}
        />
      </div>
      {add.error && <ProblemNote error={add.error} />}
      <Group>
        <Button type="submit" loading={add.isPending} data-testid="user-submit">
          {t("user.add")}
        </Button>
        <Button variant="default" onClick={() => onDone()}>
          {t("user.cancel")}
        </Button>
      </Group>
    </form>
  );
}
