import react from "@vitejs/plugin-react";

import { defineConfig } from "vitest/config";
import { precache, WORKER } from "./precache.ts";

// Development only: where the API runs while `npm run dev` serves the pages.
const api = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precache()],
  resolve: { alias: { "@": "/src" } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    sourcemap: false,
    rollupOptions: {
      input: { main: "index.html", van: "van.html", [WORKER]: "src/panel/worker.ts" },
      output: {
        // A service worker's address stays the same from release to release.
        entryFileNames: ({ name }) => (name === WORKER ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
