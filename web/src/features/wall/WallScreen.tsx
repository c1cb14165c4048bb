import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTopic } from "@/api/liveContext";
import { useMoveAlert, useOpenAlerts, type AlertMove } from "@/api/queries/alerts";
import { useCameras, useOffices } from "@/api/queries/places";
import { askAhead } from "@/api/queries/tickets";
import type { Alert } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useHotkeys, type Hotkeys } from "@/components/useHotkeys";
import { readNow } from "@/components/useNow";
import { attentionQueue, borderOf, neighbour, takesTile, tileOf } from "./attention";
import { CameraPicker } from "./CameraPicker";
import { loadLayout, nextSide, saveLayout, SIDES, wallPages, withSlot } from "./layout";
import type { Side, WallLayout } from "./layout";
import { WallPager } from "./WallPager";
import { WallTile } from "./WallTile";
import classes from "./Wall.module.css";

export function WallScreen() {
  const { t } = useTranslation();
  const cameras = useCameras();
  const offices = useOffices();
  const { data: alerts = [] } = useOpenAlerts();
  const move = useMoveAlert();
  const [layout, setLayout] = useState(loadLayout);
  const [wantedPage, setWantedPage] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  const [picking, setPicking] = useState<number | null>(null);
  const [pinned, setPinned] = useState<{ id: string; atMs: number } | null>(null);
  const [released, setReleased] = useState<ReadonlySet<string>>(new Set());

  const byId = useMemo(
    () => new Map((cameras.data ?? []).map((camera) => [camera.id, camera])),
    [cameras.data],
  );
  const officeById = useMemo(
    () => new Map((offices.data ?? []).map((office) => [office.id, office])),
    [offices.data],
  );
  const pages = useMemo(() => wallPages(layout, [...byId.keys()]), [layout, byId]);
  const page = Math.min(wantedPage, pages.length - 1);
  const slots = pages[page] ?? [];
  const queue = attentionQueue(alerts, released);
  const attention = queue.find(({ id }) => id === pinned?.id) ?? queue[0] ?? null;
  const attentionTile = tileOf(attention, slots);

  const change = (next: WallLayout) => {
    setLayout(next);
    saveLayout(next);
  };
  const chooseSide = (side: Side) => {
    setFocused(null);
    setWantedPage(0);
    change({ ...layout, side });
  };
  const turn = (by: 1 | -1) => {
    const next = (page + by + pages.length) % pages.length;
    askAhead(pages[next]?.filter((camera) => camera !== null) ?? []); // the page is drawn meanwhile
    setFocused(null);
    setWantedPage(next);
  };
  const act = (what: AlertMove) =>
    attention && move.mutate({ id: attention.id, move: what, note: "" });
  const release = () => attention && setReleased(new Set([...released, attention.id]));
  const pin = (alert: Alert | null) => setPinned(alert && { id: alert.id, atMs: readNow() });
  const step = (by: 1 | -1) => pin(neighbour(queue, attention?.id ?? null, by));
  useTopic("alert", (alert) => {
    if (alerts.some(({ id }) => id === alert.id)) return; // a change of one that we know
    if (takesTile(attention, alert, readNow() - (pinned?.atMs ?? 0))) pin(alert);
  });

  const hotkeys: Hotkeys = {
    PageDown: () => turn(1),
    PageUp: () => turn(-1),
    KeyG: () => chooseSide(nextSide(layout.side)),
    KeyN: () => step(1),
    KeyP: () => step(-1),
    KeyA: () => act("acknowledge"),
    KeyR: () => act("resolve"),
    Slash: () => setPicking(focused ?? 0),
    Escape: () => setFocused(null),
  };
  for (let digit = 1; digit <= 9; digit += 1) {
    const toggle = () =>
      digit <= slots.length && setFocused(focused === digit - 1 ? null : digit - 1);
    hotkeys[`Digit${digit}`] = toggle;
    hotkeys[`Numpad${digit}`] = toggle;
  }
  useHotkeys(hotkeys);

  if (cameras.error) {
    return <ProblemNote error={cameras.error} onRetry={() => void cameras.refetch()} />;
  }
  if (!cameras.data) return <Loading />;

  return (
    <>
      <h1 className={classes.hidden}>{t("wall.title")}</h1>
      <Group className={classes.bar} gap="sm" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label={t("wall.layout")}
          data-testid="wall-layout"
          value={String(layout.side)}
          onChange={(side) => chooseSide(Number(side) as Side)}
          data={SIDES.map((side) => ({ value: String(side), label: `${side}×${side}` }))}
        />
        <Button size="compact-sm" variant="default" onClick={() => setPicking(focused ?? 0)}>
          {t("wall.tree")}
        </Button>
        {focused !== null && (
          <Button size="compact-sm" variant="default" onClick={() => setFocused(null)}>
            {t("wall.unfocus")}
          </Button>
        )}
        {pages.length > 1 && <WallPager page={page} count={pages.length} onTurn={turn} />}
        {byId.size === 0 && <Text size="sm">{t("wall.no_cameras")}</Text>}
      </Group>
      <div className={classes.grid} data-side={layout.side} data-testid="wall">
        {slots.map((slot, index) => {
          const alert = index === attentionTile ? attention : null;
          const camera = byId.get(alert?.camera?.id ?? slot ?? "");
          return (
            <WallTile
              key={index}
              n={index + 1}
              camera={camera ?? null}
              office={officeById.get(camera?.office_id ?? "") ?? null}
              focused={focused === index}
              hidden={focused !== null && focused !== index && !alert}
              attention={alert}
              border={alert ?? (camera ? borderOf(alerts, camera.id) : null)}
              onFocus={() => setFocused(focused === index ? null : index)}
              onPick={() => setPicking(index)}
              onAcknowledge={() => act("acknowledge")}
              onRelease={release}
            />
          );
        })}
      </div>
      <CameraPicker
        tile={picking}
        cameras={cameras.data}
        onClose={() => setPicking(null)}
        onChoose={(camera) => {
          if (camera !== null) askAhead([camera]);
          if (picking !== null) change(withSlot(layout, page * layout.side ** 2 + picking, camera));
          setPicking(null);
        }}
      />
    </>
  );
}
