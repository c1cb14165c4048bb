import { AppShell, Badge, Burger, Button, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLiveOnline } from "@/api/liveContext";
import { useOpenAlerts } from "@/api/queries/alerts";
import { useSignOut } from "@/api/queries/session";
import type { Me } from "@/api/types";
import { LanguageSwitch } from "@/components/LanguageSwitch";
import { useHotkeys } from "@/components/useHotkeys";
import { AlertToasts } from "./AlertToasts";
import { HelpCard } from "./HelpCard";
import { screensOf } from "./screens";
import classes from "./Shell.module.css";

const CARD = "/complaints/$id";
const IDLE_MS = 2_000;

export function Shell({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [menu, { toggle, close }] = useDisclosure(false);
  const [help, helpCard] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const router = useRouter();
  const online = useLiveOnline();
  const signOut = useSignOut();
  const { data: alerts } = useOpenAlerts();
  const open = alerts?.filter(({ state }) => state === "open").length ?? 0;
  const screens = screensOf(me);

  // A complaint's card opens under somebody's finger: its code is there before.
  useEffect(() => {
    if (!me.permissions.includes("replay.view")) return;
    const timer = setTimeout(() => void router.loadRouteChunk(router.routesById[CARD]), IDLE_MS);
    return () => clearTimeout(timer);
  }, [me, router]);
  useHotkeys({
    KeyM: () => void navigate({ to: "/map" }),
    "Shift+Slash": helpCard.toggle,
  });

  const links = screens.map(({ to, label }) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      onClick={close}
      active={path.startsWith(to)}
      className={classes.link}
      label={t(label)}
      rightSection={
        to === "/alerts" && open > 0 ? (
          <Badge bg="#c92a2a" size="sm" circle={open < 10} data-testid="alert-count">
            {open}
          </Badge>
        ) : null
      }
    />
  ));

  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 220, breakpoint: "md", collapsed: { mobile: !menu, desktop: true } }}
      padding={0}
    >
      <a href="#main" className={classes.skip}>
        {t("app.skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Burger
          opened={menu}
          onClick={toggle}
          hiddenFrom="md"
          size="sm"
          aria-label={t("app.menu")}
        />
        <Text component={Link} to="/" fw={700} className={classes.brand}>
          {t("app.name")}
        </Text>
        <Group component="nav" gap={2} wrap="nowrap" visibleFrom="md" className={classes.links}>
          {links}
        </Group>
        <Group gap="xs" wrap="nowrap" ml="auto">
          <Text size="sm" c="dimmed" visibleFrom="lg" title={me.login}>
            {me.full_name} · {t(`role.${me.role}`)}
          </Text>
          <LanguageSwitch />
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={helpCard.open}
            visibleFrom="sm"
            title={t("help.title")}
          >
            ?
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            visibleFrom="md"
            data-testid="sign-out"
            onClick={() => signOut.mutate()}
          >
            {t("app.sign_out")}
          </Button>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" hiddenFrom="md">
        {links}
        <Button variant="default" mt="md" onClick={() => signOut.mutate()}>
          {t("app.sign_out")}
        </Button>
      </AppShell.Navbar>
      <AppShell.Main id="main" className={classes.main} data-online={online}>
        {!online && (
          <div className={classes.offline} role="status" data-testid="offline">
            {t("app.offline")}
          </div>
        )}
        <Outlet />
      </AppShell.Main>
      <AlertToasts />
      <HelpCard opened={help} onClose={helpCard.close} />
    </AppShell>
  );
}
