export function AlertScreen() {
  return null;
}
