/** The crew's page at /van: pairs, opens without a network, starts what sends. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/styles/page.css";
import { App } from "./App";
import "./panel.css";
import { takeToken } from "./pairing";
import { openShelf } from "./shelf";
import { startWords } from "./words";

async function start(): Promise<void> {
  const token = takeToken();
  await startWords();
  const shelf = await openShelf();
  void navigator.storage?.persist?.();
  if ("serviceWorker" in navigator)
    void navigator.serviceWorker.register("/van-sw.js", { scope: "/van" });
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <App shelf={shelf} firstToken={token} />
    </StrictMode>,
  );
}

void start();
