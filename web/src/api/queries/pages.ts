import { get } from "@/api/client";
import type { Page } from "@/api/types";

const MOST_PAGES = 40;

/** Reads a whole list, page by page. For lists that are small by nature: offices, cameras, vans. */
export async function allPages<T>(
  path: string,
  signal?: AbortSignal,
  query: Record<string, string | number | null> = {},
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Page<T> = await get<Page<T>>(path, {
      query: { ...query, cursor },
      ...(signal ? { signal } : {}),
    });
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return items;
}
