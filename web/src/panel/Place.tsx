import { useEffect, useState } from "react";
import { fixOf } from "./locating";
import type { Panel } from "./panel";
import { useWords } from "./words";

const KEPT = "ahual.van.place";
const EVERY_MS = 15_000;
const LONGEST_MS = 14 * 3_600_000; // a forgotten switch does not follow the crew home for ever

const keptOn = () => Date.now() - Number(localStorage.getItem(KEPT) ?? 0) < LONGEST_MS;

/** The phone in place of the van's tracker, while the crew wants it. */
export function Place({ panel, waiting }: { panel: Panel; waiting: number }) {
  const { t } = useWords();
  const [on, setOn] = useState(keptOn);
  const [refused, setRefused] = useState(false);

  useEffect(() => {
    if (!on || !("geolocation" in navigator)) return undefined;
    let last = 0;
    const watch = navigator.geolocation.watchPosition(
      (position) => {
        setRefused(false);
        if (!keptOn()) return setOn(false);
        if (position.timestamp - last < EVERY_MS) return undefined;
        last = position.timestamp;
        return void panel.locate(fixOf(position));
      },
      (error) => setRefused(error.code === error.PERMISSION_DENIED),
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    return () => navigator.geolocation.clearWatch(watch);
  }, [on, panel]);

  const turn = (wanted: boolean) => {
    if (wanted) localStorage.setItem(KEPT, String(Date.now()));
    else localStorage.removeItem(KEPT);
    setOn(wanted);
  };

  return (
    <section className="place">
      <label className="choice-line">
        <input
          type="checkbox"
          role="switch"
          checked={on}
          data-testid="place"
          onChange={(event) => turn(event.currentTarget.checked)}
        />
        {t("place")}
      </label>
      <p className="dim">{t("place_hint")}</p>
      {waiting > 0 && <p className="dim">{t("place_waiting", { n: waiting })}</p>}
      {on && refused && <p className="bad">{t("place_refused")}</p>}
    </section>
  );
}
