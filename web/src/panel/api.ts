/** Speaks to the centre with the phone's own token; every failure is an ApiProblem. */

import { ApiProblem, problemOf } from "@/api/client";
import type { components } from "@/api/schema";
import type { Fix, Home, Report } from "./facts";
import type { Send } from "./outbox";

const PATIENCE_MS = 25_000; // a village's network takes its time

const LONGEST_WAIT_S = 300; // whatever is asked for: an SOS must not wait for ever

/** Milliseconds of a Retry-After in seconds; 0 without one. */
function waitMs(header: string | null): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_WAIT_S) * 1000 : 0;
}

export interface Centre {
  home(): Promise<Home>;
  reports: Send<Report>;
  fixes: Send<Fix>;
}

export function centre(token: string, now: () => number = Date.now): Centre {
  let notBefore = 0;

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    if (now() < notBefore) throw new ApiProblem(429, "too many", ""); // as the centre asked for
    let response: Response;
    try {
      response = await fetch(`/api/v1/van${path}`, {
        method: body === undefined ? "GET" : "POST",
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          Accept: "application/json, application/problem+json",
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiProblem(0, "unreachable", "");
    }
    if (!response.ok) {
      notBefore = now() + waitMs(response.headers.get("Retry-After"));
      throw await problemOf(response);
    }
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiProblem(0, "unreachable", ""); // cut off on the way
    }
  }
  return {
    home: () => ask<Home>(""),
    reports: async (reports) => {
      const { results } = await ask<components["schemas"]["ReportAnswers"]>("/reports", {
        reports,
      });
      return results.map(({ accepted, problem }) => (accepted ? null : (problem?.detail ?? "")));
    },
    fixes: async (positions) => {
      await ask("/positions", { positions });
      return positions.map(() => null);
    },
  };
}
