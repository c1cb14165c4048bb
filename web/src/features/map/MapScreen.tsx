import { Alert, Button, Text } from "@mantine/core";
import { useRef, useState } from "react";
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
import { OfficeList } from "./OfficeList";
import { ReplayBar } from "./ReplayBar";
import { useReplay } from "./useReplay";
import { VanCard } from "./VanCard";

const BACK_MS = 3600_000;
const DAY_MS = 86_400_000;

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
  const [selected, setSelected] = useState<string | null>(null);
  const [past, setPast] = useState<number | null>(null);
  const [openedAt] = useState(readNow);
  const [follow, setFollow] = useState(true);
  const replay = useReplay(past);
  const [drawable, setDrawable] = useState(true);
  useHotkeys({
    Slash: () => search.current?.focus(),
    KeyR: () => seesVans && setPast((before) => (before === null ? readNow() - BACK_MS : null)),
    Escape: () => setSelected(null),
  });

  const vans = vehicles.data ?? NO_VANS;
  const shown = wantedVans(vans, wanted);
  const van = vans.find(({ id }) => id === selected);
  const day = dayOf(replay?.moment ?? openedAt);
  const doing = useVanNow(van ? selected : null);
  const track = useTrack(van ? selected : null, day.from, day.to, past === null);

  return (
    <div className={classes.screen} data-testid="map">
      <h1 className={classes.hidden}>{t("map.title")}</h1>
      <aside className={classes.list} aria-label={t(seesVans ? "map.vans" : "map.offices")}>
        {!seesVans && <OfficeList />}
        {seesVans && (
          <>
            <MapFilters vans={vans} wanted={wanted} onChange={setWanted} search={search} />
            {past === null && (
              <Button
                fullWidth
                mb="xs"
                size="xs"
                variant="default"
                data-testid="replay-open"
                onClick={() => setPast(readNow() - BACK_MS)}
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
            onClick={() => setSelected(one.id === selected ? null : one.id)}
          >
            <strong>{one.plate}</strong>
            <FreshnessMark freshness={one.freshness} />
            <span className={classes.name}>{nameOf(one.name)}</span>
          </button>
        ))}
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
            onSelect={setSelected}
            onUnavailable={() => setDrawable(false)}
          />
        ) : (
          <Alert m="md" color="yellow">
            {t("map.no_webgl")}
          </Alert>
        )}
        {van && <VanCard van={van} now={doing.data} day={day} onClose={() => setSelected(null)} />}
        {replay && (
          <ReplayBar
            replay={replay}
            follow={follow}
            onFollow={selected === null ? null : setFollow}
            onClose={() => setPast(null)}
          />
        )}
      </div>
    </div>
  );
}

const NO_VANS: never[] = [];
