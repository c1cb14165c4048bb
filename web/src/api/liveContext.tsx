import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { LiveStore, openLiveSocket, type Topic, type Topics } from "./live";
import { followLive } from "./liveQueries";
import { keys } from "./queries/keys";

const LiveContext = createContext<LiveStore | null>(null);

/** Keeps the changes socket open for as long as somebody is signed in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const store = useMemo(
    () =>
      new LiveStore(openLiveSocket, () => {
        const layers = keys.mapLayer("")[0];
        void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== layers });
      }),
    [client],
  );
  useEffect(() => {
    const stop = followLive(store, client);
    // A line that broke may mean that the session has ended; the next answer tells.
    const stopWatching = store.subscribeOnline(() => {
      if (!store.isOnline()) void client.invalidateQueries({ queryKey: keys.me });
    });
    store.start();
    return () => {
      stop();
      stopWatching();
      store.stop();
    };
  }, [store, client]);
  return <LiveContext value={store}>{children}</LiveContext>;
}

function useStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error("LiveProvider is missing above this component");
  return store;
}

export function useLiveOnline(): boolean {
  const store = useStore();
  return useSyncExternalStore(store.subscribeOnline, store.isOnline);
}

/** Calls `listener` for each change of a topic. */
export function useTopic<T extends Topic>(topic: T, listener: (data: Topics[T]) => void): void {
  const store = useStore();
  useEffect(() => store.on(topic, listener), [store, topic, listener]);
}
