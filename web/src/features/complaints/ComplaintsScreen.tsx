export function ComplaintsScreen() {
  return null;
}
