/** The one place that speaks HTTP to the API: cookies, JSON, problem+json. */

const ROOT = "/api/v1";

/** RFC 9457 problem as the API sends it; `status` 0 means the server could not be reached. */
export class ApiProblem extends Error {
  override name = "ApiProblem";
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly type = "about:blank",
    readonly fields: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  query?: Record<string, string | number | null | undefined>;
  signal?: AbortSignal;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

export async function request<T>(
  method: Method,
  path: string,
  { body, headers, query, signal }: RequestOptions = {},
): Promise<T> {
  const response = await send(ROOT + path + search(query), {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json, application/problem+json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const get = <T>(path: string, options?: RequestOptions) => request<T>("GET", path, options);
export const post = <T>(path: string, body?: unknown, options?: RequestOptions) =>
  request<T>("POST", path, { ...options, body });
export const remove = <T>(path: string) => request<T>("DELETE", path);

/** Reads JSON of another server that a setting names; no cookie goes there. */
export async function foreign<T>(url: string): Promise<T> {
  const response = await send(url, { credentials: "omit" });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, "unreachable", "");
  }
}

function search(query: RequestOptions["query"]): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") given.set(name, String(value));
  }
  const text = given.toString();
  return text ? `?${text}` : "";
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    return new ApiProblem(
      response.status,
      stringOr(body["title"], response.statusText),
      stringOr(body["detail"], ""),
      stringOr(body["type"], "about:blank"),
      body,
    );
  } catch {
    return new ApiProblem(response.status, response.statusText, "");
  }
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
