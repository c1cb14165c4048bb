import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Zones.module.css";
import { moveCorner, nudged, removeCorner, splitSide, type Corner, type DrawnZone } from "./zones";

interface Props {
  still: string | null;
  zones: readonly DrawnZone[];
  chosen: string | null;
  onChoose: (key: string) => void;
  onChange: (key: string, polygon: Corner[]) => void;
}

const W = 1600;
const H = 900;

/**
 * Zones over a still. Corners are buttons: pulled by the pointer, moved by the arrow keys
 * (Shift: finely), removed by Delete, and Insert or a press on a side's middle adds one.
 */
export function ZoneCanvas({ still, zones, chosen, onChoose, onChange }: Props) {
  const { t } = useTranslation();
  const area = useRef<SVGSVGElement>(null);
  const pulled = useRef<number | null>(null);
  const zone = zones.find(({ key }) => key === chosen);

  const shareOf = (event: PointerEvent): Corner => {
    const box = area.current?.getBoundingClientRect();
    if (!box) return [0, 0];
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const pull = (event: PointerEvent) => {
    if (zone && pulled.current !== null)
      onChange(zone.key, moveCorner(zone.polygon, pulled.current, shareOf(event)));
  };
  const pressed = (event: KeyboardEvent, at: number) => {
    const corner = zone?.polygon[at];
    if (!zone || !corner) return;
    const to = nudged(corner, event.key, event.shiftKey);
    if (to) onChange(zone.key, moveCorner(zone.polygon, at, to));
    else if (event.key === "Delete") onChange(zone.key, removeCorner(zone.polygon, at));
    else if (event.key === "Insert") onChange(zone.key, splitSide(zone.polygon, at));
    else return;
    event.preventDefault();
  };

  return (
    <div className={classes.canvas} data-testid="zone-canvas">
      {still && <img className={classes.still} src={still} alt={t("camera.zone.still")} />}
      <svg
        ref={area}
        viewBox={`0 0 ${W} ${H}`}
        preserveAspectRatio="none"
        className={classes.drawing}
        onPointerMove={pull}
        onPointerUp={() => (pulled.current = null)}
        onPointerLeave={() => (pulled.current = null)}
      >
        {zones.map(({ key, kind, polygon }) => (
          <polygon
            key={key}
            className={classes.zone}
            data-kind={kind}
            data-chosen={key === chosen}
            points={polygon.map(([x, y]) => `${x * W},${y * H}`).join(" ")}
            onPointerDown={() => onChoose(key)}
          />
        ))}
        {zone?.polygon.map(([x, y], n) => {
          const [nextX, nextY] = zone.polygon[(n + 1) % zone.polygon.length] ?? [x, y];
          return (
            <g key={n}>
              <circle
                className={classes.middle}
                cx={((x + nextX) / 2) * W}
                cy={((y + nextY) / 2) * H}
                r={11}
                onPointerDown={() => onChange(zone.key, splitSide(zone.polygon, n))}
              />
              <circle
                className={classes.corner}
                role="slider"
                tabIndex={0}
                data-testid={`zone-corner-${n}`}
                aria-label={t("camera.zone.corner", { n: n + 1 })}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={Math.round(x * 100)}
                aria-valuetext={`${Math.round(x * 100)} %, ${Math.round(y * 100)} %`}
                cx={x * W}
                cy={y * H}
                r={20}
                onPointerDown={(event) => {
                  area.current?.setPointerCapture(event.pointerId);
                  pulled.current = n;
                }}
                onKeyDown={(event) => pressed(event, n)}
              />
            </g>
          );
        })}
      </svg>
    </div>
  );
}
