/** At build: tells the van panel's service worker which files of this release it has to keep. */

import type { Plugin } from "vite";

const PAGE = "van";
export const WORKER = "van-sw";
const ALWAYS = ["/van", "/van.webmanifest", "/favicon.svg", "/van-192.png"];

interface Chunk {
  type: "chunk";
  name: string;
  isEntry: boolean;
  fileName: string;
  imports: string[];
  code: string;
  viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> };
}

/** FNV-1a; tells releases apart, keeps no secret. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

export function precache(): Plugin {
  return {
    name: "van-precache",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = bundle as unknown as Record<string, Chunk | { type: "asset"; source: unknown }>;
      const chunks = Object.values(files).filter((one): one is Chunk => one.type === "chunk");
      const entry = (name: string) => {
        const found = chunks.find((one) => one.isEntry && one.name === name);
        if (!found) throw new Error(`the build has no entry ${name}`);
        return found;
      };
      const kept = new Set<string>();
      const keep = (chunk: Chunk) => {
        if (kept.has(chunk.fileName)) return;
        kept.add(chunk.fileName);
        for (const name of chunk.viteMetadata?.importedCss ?? []) kept.add(name);
        for (const name of chunk.viteMetadata?.importedAssets ?? []) kept.add(name);
        for (const name of chunk.imports) {
          const imported = files[name];
          if (imported?.type === "chunk") keep(imported);
        }
      };
      keep(entry(PAGE));
      const list = [...ALWAYS, ...[...kept].sort().map((name) => `/${name}`)];
      const page = files["van.html"];
      const html = page?.type === "asset" ? String(page.source) : "";
      const version = digest(list.join() + html);
      const worker = entry(WORKER);
      worker.code = worker.code.replaceAll(
        "__PRECACHE__",
        JSON.stringify({ version, files: list }),
      );
    },
  };
}
