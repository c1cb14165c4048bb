import { Alert, Text, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useVehicles } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import { Loading } from "@/components/Loading";
import { FreshnessMark } from "@/components/Marks";
import { ProblemNote } from "@/components/ProblemNote";
import { matches } from "@/components/search";
import { useHotkeys } from "@/components/useHotkeys";
import { useNames } from "@/i18n";
import classes from "./Map.module.css";
import { MapCanvas } from "./MapCanvas";
import { OfficeList } from "./OfficeList";
import { VanCard } from "./VanCard";

export function MapScreen() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const can = useCan();
  const seesVans = can("vans.view");
  const vehicles = useVehicles();
  const search = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState<string | null>(null);
  const [drawable, setDrawable] = useState(true);
  useHotkeys({
    Slash: () => search.current?.focus(),
    Escape: () => setSelected(null),
  });

  const vans = vehicles.data ?? NO_VANS;
  const shown = vans.filter(({ plate, name }) => matches(query, [plate, ...Object.values(name)]));
  const van = vans.find(({ id }) => id === selected);

  return (
    <div className={classes.screen} data-testid="map">
      <h1 className={classes.hidden}>{t("map.title")}</h1>
      <aside className={classes.list} aria-label={t(seesVans ? "map.vans" : "map.offices")}>
        {!seesVans && <OfficeList />}
        {seesVans && (
          <TextInput
            ref={search}
            mb="xs"
            placeholder={t("map.filter")}
            aria-label={t("map.filter")}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
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
            vans={vans}
            selected={selected}
            onSelect={setSelected}
            onUnavailable={() => setDrawable(false)}
          />
        ) : (
          <Alert m="md" color="yellow">
            {t("map.no_webgl")}
          </Alert>
        )}
        {van && <VanCard van={van} onClose={() => setSelected(null)} />}
      </div>
    </div>
  );
}

const NO_VANS: never[] = [];
