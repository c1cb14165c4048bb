import { Button, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/queries/session";
import { useUsers } from "@/api/queries/users";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { AddUser } from "./AddUser";
import { UserRow } from "./UserRow";
import classes from "./Users.module.css";

/** Accounts: who may sign in, as what and for which region. */
export function UsersScreen() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const users = useUsers();
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState("");
  const [typed, setTyped] = useState("");

  if (users.error) {
    return <ProblemNote error={users.error} onRetry={() => void users.refetch()} />;
  }
  if (!users.data) return <Loading />;
  const rows = users.data.filter(({ login, full_name, role }) =>
    matches(typed, [login, full_name, t(`role.${role}`)]),
  );

  return (
    <div className={classes.screen}>
      <div className={classes.head}>
        <Title order={2} size="h4">
          {t("nav.users")}
        </Title>
        <TextInput
          className={classes.search}
          aria-label={t("user.search")}
          placeholder={t("user.search")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {!adding && (
          <Button data-testid="user-add" onClick={() => setAdding(true)}>
            {t("user.add")}
          </Button>
        )}
      </div>
      <p role="status" className={classes.status}>
        {added && t("user.added", { name: added })}
      </p>
      {adding && (
        <AddUser
          onDone={(name) => {
            setAdding(false);
            if (name) setAdded(name);
          }}
        />
      )}
      <ul className={classes.list} aria-label={t("user.list")}>
        {rows.map((user) => (
          <UserRow key={user.id} user={user} own={user.id === me?.id} />
        ))}
      </ul>
      {rows.length === 0 && <p>{t("user.none")}</p>}
    </div>
  );
}
