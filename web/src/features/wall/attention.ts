import type { Alert, Severity } from "@/api/types";

const WEIGHT: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };
const COMPLAINT_WEIGHT = 3;

const weight = ({ rule, severity }: Alert): number =>
  rule === "complaint_received" ? COMPLAINT_WEIGHT : WEIGHT[severity];

/** Open alerts that have a picture, the one to look at first: complaints, then by severity and age. */
export function attentionQueue(alerts: readonly Alert[], released: ReadonlySet<string>): Alert[] {
  return alerts
    .filter(({ id, state, camera }) => state === "open" && camera && !released.has(id))
    .sort((a, b) => weight(b) - weight(a) || b.raised_at.localeCompare(a.raised_at));
}

const UNDISTURBED_MS = 20_000;

/**
 * Whether a new alert takes the attention tile from the one that has held it for `heldMs`.
 * A complaint always does; a lesser alert waits until the one before was looked at.
 */
export function takesTile(current: Alert | null, arrived: Alert, heldMs: number): boolean {
  if (arrived.state !== "open" || !arrived.camera) return false;
  return !current || weight(arrived) >= weight(current) || heldMs > UNDISTURBED_MS;
}

/** The alert before or after `current`, round the end; the first when nothing is current. */
export function neighbour(queue: readonly Alert[], current: string | null, step: 1 | -1) {
  if (queue.length === 0) return null;
  const at = queue.findIndex(({ id }) => id === current);
  if (at < 0) return queue[0] ?? null;
  return queue[(at + step + queue.length) % queue.length] ?? null;
}

/**
 * Index of the tile that shows an alert: the one its camera is on already, so that no camera
 * is shown twice while another stays unseen; else the last tile lends itself to the camera.
 */
export function tileOf(alert: Alert | null, slots: readonly (string | null)[]): number {
  if (!alert?.camera) return -1;
  const shown = slots.indexOf(alert.camera.id);
  return shown >= 0 ? shown : slots.length - 1;
}

/** The gravest alert of a camera that is not resolved: it colours the tile's border. */
export function borderOf(alerts: readonly Alert[], cameraId: string): Alert | null {
  const own = alerts.filter(({ camera, state }) => camera?.id === cameraId && state !== "resolved");
  const rank = (alert: Alert) => (alert.state === "open" ? 10 : 0) + weight(alert);
  return own.reduce<Alert | null>(
    (gravest, alert) => (!gravest || rank(alert) > rank(gravest) ? alert : gravest),
    null,
  );
}
