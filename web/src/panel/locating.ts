import type { Fix } from "./facts";

/** A phone's position as the centre takes it; what the phone does not know is left out. */
export function fixOf({ coords, timestamp }: GeolocationPosition): Fix {
  const { latitude, longitude, accuracy, speed, heading, altitude } = coords;
  const known = (value: number | null): value is number => value !== null && Number.isFinite(value);
  return {
    fixed_at: new Date(timestamp).toISOString(),
    latitude,
    longitude,
    ...(known(accuracy) ? { accuracy_m: accuracy } : {}),
    ...(known(speed) ? { speed_m_s: speed } : {}),
    ...(known(heading) ? { course_deg: heading } : {}),
    ...(known(altitude) ? { altitude_m: altitude } : {}),
  };
}
