import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";
import { useSignIn } from "@/api/queries/session";
import { LanguageSwitch } from "@/components/LanguageSwitch";
import { useProblemText } from "@/components/useProblemText";
import classes from "./SignIn.module.css";

export function SignIn() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const signIn = useSignIn();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const loginField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  useEffect(() => loginField.current?.focus(), []);
  useEffect(() => {
    if (signIn.isError) passwordField.current?.select(); // the likelier mistake, ready to retype
  }, [signIn.isError]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ login: login.trim(), password });
  };
  const refused =
    signIn.error instanceof ApiProblem && [401, 403].includes(signIn.error.status)
      ? t("sign_in.wrong")
      : signIn.error && problemText(signIn.error);

  return (
    <main className={classes.page}>
      <Paper
        component="form"
        className={classes.form}
        withBorder
        p="xl"
        onSubmit={submit}
        data-testid="sign-in-form"
      >
        <Stack>
          <div>
            <Title order={1} size="h2">
              {t("app.name")}
            </Title>
            <Text size="sm" c="dark.1">
              {t("app.tagline")}
            </Text>
          </div>
          <TextInput
            label={t("sign_in.login")}
            name="login"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            ref={loginField}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("sign_in.password")}
            name="password"
            autoComplete="current-password"
            required
            ref={passwordField}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {refused && (
            <Alert color="red" variant="outline" role="alert" data-testid="sign-in-problem">
              {refused}
            </Alert>
          )}
          <Button type="submit" loading={signIn.isPending} data-testid="sign-in-submit">
            {t("sign_in.submit")}
          </Button>
          <LanguageSwitch full />
        </Stack>
      </Paper>
    </main>
  );
}
