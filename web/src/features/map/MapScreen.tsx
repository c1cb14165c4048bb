import { Alert, Button, Text } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTrack, useVanNow } from "@/api/queries/fleet";
import { useVehicles } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import { Loading } from "@/components/Loading";
import { FreshnessMark } from "@/components/Marks";
import { ProblemNote } from "@/components/ProblemNote";
import { useHotkeys } from "@/components/useHotkeys";
import { readNow } from "@/components/useNow";
import { useNames } from "@/i18n";
import { DEFAULT_ZONE, inputValues, instantOf } from "@/i18n/formats";
import classes from "./Map.module.css";
import { MapCanvas } from "./MapCanvas";
import { EVERYTHING, MapFilters, wantedVans, type Wanted } from "./MapFilters";
import { MapLayers } from "./MapLayers";
import { OfficeList } from "./OfficeList";
import { sightOf, sightsAt } from "./replay";
import { ReplayBar } from "./ReplayBar";
import { useCover } from "./useCover";
import { useMapPlace } from "./useMapPlace";
import { useReplay } from "./useReplay";
import { NO_HEAVY } from "./useTileLayers";
import { VanCard } from "./VanCard";
import { vansThen } from "./vans";

const BACK_MS = 3600_000;
const DAY_MS = 86_400_000;
/** In a replay the list's states change with every half minute of the past. */
const LIST_EVERY_MS = 30_000;

/** The local day of an instant, from midnight to midnight. */
function dayOf(moment: number): { from: string; to: string } {
  const { day } = inputValues(moment, DEFAULT_ZONE);
  const start = instantOf(day, "00:00", DEFAULT_ZONE);
  return { from: start.toISOString(), to: new Date(start.getTime() + DAY_MS).toISOString() };
}

export function MapScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const seesVans = can("vans.view");
  const vehicles = useVehicles();
  const search = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<Wanted>(EVERYTHING);
  const [heavy, setHeavy] = useState(NO_HEAVY);
  const { selected, past, linked, select, replayFrom } = useMapPlace();
  const [openedAt] = useState(readNow);
  const [follow, setFollow] = useState(true);
  const [card, setCard] = useState<HTMLElement | null>(null);
  const cover = useCover(card);
  const replay = useReplay(past, linked);
  const [drawable, setDrawable] = useState(true);
  const choose = (id: string | null) => {
    setFollow(true);
    select(id === selected ? null : id);
  };
  useHotkeys({
    Slash: () => search.current?.focus(),
    KeyR: () => seesVans && replayFrom(past === null ? readNow() - BACK_MS : null),
    KeyF: () => selected !== null && setFollow(!follow),
    Escape: () => select(null),
  });

  const vansNow = vehicles.data ?? NO_VANS;
  const looked = replay?.shown ? Math.floor(replay.moment / LIST_EVERY_MS) * LIST_EVERY_MS : null;
  const part = replay?.shown ?? null;
  const vans = useMemo(
    () => (part && looked !== null ? vansThen(vansNow, sightsAt(part, looked)) : vansNow),
    [vansNow, part, looked],
  );
  const van = vans.find(({ id }) => id === selected);
  const filtered = wantedVans(vans, wanted);
  // A chosen van is shown whatever the filters say: a link may lead to any.
  const shown = van && !filtered.includes(van) ? [van, ...filtered] : filtered;
  const day = dayOf(replay?.moment ?? openedAt);
  const then = past === null ? null : new Date(past).toISOString();
  const doing = useVanNow(van ? selected : null, then);
  const track = useTrack(van ? selected : null, day.from, day.to, past === null);
  const sight = replay && part && van ? sightOf(part, van.id, replay.moment) : null;

  return (
    <div className={classes.screen} data-testid="map" data-past={past !== null}>
      <h1 className={classes.hidden}>{t("map.title")}</h1>
      <aside className={classes.list} aria-label={t(seesVans ? "map.vans" : "map.offices")}>
        {!seesVans && <OfficeList />}
        {seesVans && (
          <>
            <MapFilters vans={vans} wanted={wanted} onChange={setWanted} search={search} />
            <MapLayers heavy={heavy} onChange={setHeavy} />
            {past === null && (
              <Button
                fullWidth
                mb="xs"
                size="xs"
                variant="default"
                data-testid="replay-open"
                onClick={() => replayFrom(readNow() - BACK_MS)}
              >
                {t("map.open_replay")}
              </Button>
            )}
          </>
        )}
        {vehicles.error && (
          <ProblemNote error={vehicles.error} onRetry={() => void vehicles.refetch()} />
        )}
        {vehicles.isLoading && <Loading />}
        {vehicles.data?.length === 0 && <Text size="sm">{t("map.no_vans")}</Text>}
        {shown.map((one) => (
          <button
            key={one.id}
            type="button"
            className={classes.van}
            aria-pressed={one.id === selected}
            data-testid={`van-${one.plate}`}
            data-freshness={one.freshness}
            data-latitude={one.position?.latitude}
            data-longitude={one.position?.longitude}
            data-fixed-at={one.position?.fixed_at}
            onClick={() => choose(one.id)}
          >
            <strong>{one.plate}</strong>
            <FreshnessMark freshness={one.freshness} />
            <span className={classes.name}>{nameOf(one.name)}</span>
          </button>
        ))}
        {seesVans && <p className={classes.keys}>{t("map.keys")}</p>}
      </aside>
      <div className={classes.stage}>
        {drawable ? (
          <MapCanvas
            vans={shown}
            selected={selected}
            replay={replay}
            follow={follow && selected !== null}
            track={track.data ?? null}
            trip={doing.data?.trip ?? null}
            day={day}
            heavy={heavy}
            cover={cover}
            onSelect={choose}
            onDrag={() => setFollow(false)}
            onUnavailable={() => setDrawable(false)}
          />
        ) : (
          <Alert m="md" color="yellow">
            {t("map.no_webgl")}
          </Alert>
        )}
        {van && (
          <VanCard
            ref={setCard}
            van={van}
            now={doing.data}
            then={replay && { moment: replay.moment, sight }}
            day={day}
            follow={follow}
            onFollow={setFollow}
            onClose={() => select(null)}
          />
        )}
        {replay && <ReplayBar replay={replay} onClose={() => replayFrom(null)} />}
      </div>
    </div>
  );
}

const NO_VANS: never[] = [];
