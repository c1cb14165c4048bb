/** "43.25, 76.93" or "43,25; 76,93" as a place; null where it is none. Pure. */
export function placeOf(typed: string): { latitude: number; longitude: number } | null {
  const text = typed.trim();
  const parts = text.includes(";") ? text.replaceAll(",", ".").split(";") : text.split(/[,\s]+/);
  if (parts.length !== 2 || parts.some((part) => part.trim() === "")) return null;
  const [latitude = NaN, longitude = NaN] = parts.map(Number);
  const possible = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return possible ? { latitude, longitude } : null;
}
