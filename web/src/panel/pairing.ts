/** The phone's token: from the link that a dispatcher gave, kept on this phone only. */

const KEPT = "ahual.van";
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** The token in a link, or itself when it is one; null otherwise. */
export function tokenOf(text: string): string | null {
  const token = text.trim().split("#").at(-1) ?? "";
  return TOKEN.test(token) ? token : null;
}

/** Take the token out of the address, so that it stands in no history and no picture of it. */
export function takeToken(): string | null {
  const token = tokenOf(location.hash);
  if (token) keepToken(token);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token ?? localStorage.getItem(KEPT);
}

export function keepToken(token: string): void {
  localStorage.setItem(KEPT, token);
}

export function forgetToken(): void {
  localStorage.removeItem(KEPT);
}
