import react from "@vitejs/plugin-react";

import { defineConfig } from "vitest/config";

// Development only: where the API runs while `npm run dev` serves the pages.
const api = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": "/src" } },
  worker: { format: "es" },
  build: { target: "es2022", chunkSizeWarningLimit: 1200, sourcemap: false },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
