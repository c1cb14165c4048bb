/** What the phone keeps: reports with their fate, positions that wait, the last word of the centre. */

import type { Fix, Home, Report, Said } from "./facts";
import type { Queue } from "./outbox";

/** The last answer of GET /van and when it came, by the phone's clock. */
export interface Contact {
  home: Home;
  at: number;
}

export interface Shelf {
  /** Resolves once the report is on disk. */
  say(report: Report): Promise<void>;
  said(): Promise<Said[]>;
  /** Forget a refused report that the crew has read, or sent ones said before a moment. */
  forget(key: number): Promise<void>;
  tidy(before: string): Promise<void>;
  readonly reports: Queue<Report>;
  locate(fix: Fix): Promise<void>;
  located(): Promise<number>;
  readonly fixes: Queue<Fix>;
  contact(): Promise<Contact | null>;
  remember(contact: Contact): Promise<void>;
  /** Drop positions that wait: they are of another van. */
  forgetFixes(): Promise<void>;
}

const FIXES_AT_MOST = 5000; // two days at 30 s

const promised = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the phone's storage failed"));
  });

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    const reports = database.createObjectStore("reports", { keyPath: "key", autoIncrement: true });
    reports.createIndex("waiting", "waiting"); // present only while a report waits
    database.createObjectStore("fixes", { autoIncrement: true });
    database.createObjectStore("kept");
  };
  return promised(request);
}

interface Row extends Omit<Said, "key"> {
  key?: number;
  waiting?: 1;
}

export async function openShelf(name = "ahual-van"): Promise<Shelf> {
  const database = await opened(name);

  /** Resolves when the changes are on disk, not only made. */
  function change(
    store: string,
    make: (store: IDBObjectStore) => void | Promise<void>,
  ): Promise<void> {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () =>
        reject(transaction.error ?? new Error("the phone's storage failed"));
      void make(transaction.objectStore(store));
    });
  }
  const reading = (store: string) => database.transaction(store).objectStore(store);

  const settle = (keys: readonly number[], fate: "sent" | "refused", why?: string) =>
    change("reports", async (store) => {
      for (const key of keys) {
        const row = (await promised(store.get(key))) as Row | undefined;
        if (!row) continue;
        delete row.waiting;
        store.put({ ...row, fate, ...(why === undefined ? {} : { why }) });
      }
    });

  return {
    say: (report) =>
      change("reports", (store) => {
        store.add({ report, fate: "waiting", waiting: 1 } satisfies Row);
      }),
    said: () => promised(reading("reports").getAll() as IDBRequest<Said[]>),
    forget: (key) => change("reports", (store) => void store.delete(key)),
    tidy: (before) =>
      change("reports", async (store) => {
        for (const row of (await promised(store.getAll())) as Said[])
          if (row.fate === "sent" && row.report.happened_at < before) store.delete(row.key);
      }),
    reports: {
      first: async (count) => {
        const rows = await promised(
          reading("reports").index("waiting").getAll(undefined, count) as IDBRequest<Said[]>,
        );
        return rows.map(({ key, report }) => ({ key, item: report }));
      },
      done: (keys) => settle(keys, "sent"),
      refused: (key, why) => settle([key], "refused", why),
    },
    locate: (fix) =>
      change("fixes", async (store) => {
        store.add(fix);
        const many = await promised(store.count());
        if (many <= FIXES_AT_MOST) return;
        const oldest = await promised(store.getAllKeys(undefined, many - FIXES_AT_MOST));
        for (const key of oldest) store.delete(key);
      }),
    located: () => promised(reading("fixes").count()),
    fixes: {
      first: async (count) => {
        const store = reading("fixes");
        const [keys, items] = await Promise.all([
          promised(store.getAllKeys(undefined, count)),
          promised(store.getAll(undefined, count) as IDBRequest<Fix[]>),
        ]);
        return items.map((item, index) => ({ key: Number(keys[index]), item }));
      },
      done: (keys) => change("fixes", (store) => keys.forEach((key) => void store.delete(key))),
      refused: (key) => change("fixes", (store) => void store.delete(key)),
    },
    contact: async () =>
      ((await promised(reading("kept").get("contact"))) as Contact | undefined) ?? null,
    remember: (contact) =>
      change("kept", (store) => {
        store.put(contact, "contact");
      }),
    forgetFixes: () => change("fixes", (store) => void store.clear()),
  };
}
