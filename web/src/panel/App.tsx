import { useEffect, useMemo, useState } from "react";
import { alone } from "./alone";
import { centre } from "./api";
import { type Draft, type DraftStore, Panel } from "./panel";
import { keepToken } from "./pairing";
import { PanelScreen } from "./PanelScreen";
import type { Shelf } from "./shelf";
import { Unpaired } from "./Unpaired";

const DRAFT = "ahual.van.draft";
const EVERY_MS = 20_000;

const drafts: DraftStore = {
  read: () => JSON.parse(localStorage.getItem(DRAFT) ?? "null") as Draft | null,
  write: (draft) => {
    try {
      if (draft) localStorage.setItem(DRAFT, JSON.stringify(draft));
      else localStorage.removeItem(DRAFT);
    } catch {
      // a full phone: the count is said in a moment all the same, from memory
    }
  },
};

export function App({ shelf, firstToken }: { shelf: Shelf; firstToken: string | null }) {
  const [token, setToken] = useState(firstToken);
  const pair = (given: string) => {
    keepToken(given);
    setToken(given);
  };
  return token === null ? (
    <Unpaired onToken={pair} ended={false} waiting={0} />
  ) : (
    <Paired key={token} token={token} shelf={shelf} onToken={pair} />
  );
}

interface PairedProps {
  token: string;
  shelf: Shelf;
  onToken: (token: string) => void;
}

function Paired({ token, shelf, onToken }: PairedProps) {
  const panel = useMemo(
    () => new Panel(shelf, centre(token), drafts, Date.now, alone),
    [token, shelf],
  );

  useEffect(() => {
    const sync = () => void panel.sync();
    const seen = () => (document.visibilityState === "visible" ? sync() : void panel.settle());
    void panel.open().then(sync);
    const timer = setInterval(sync, EVERY_MS);
    window.addEventListener("online", sync);
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", sync);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [panel]);

  return <PanelScreen panel={panel} onToken={onToken} />;
}
