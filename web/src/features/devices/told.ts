/** A line of what a decoder printed, shorter: what is unknown is left out. Pure. */
export function readable(line: Record<string, unknown>): string {
  return Object.entries(line)
    .filter(([name, value]) => value !== null && name !== "device" && name !== "answer_hex")
    .map(([name, value]) => (value === true ? name : `${name} ${String(value)}`))
    .join(" · ");
}
