/** A camera as it stands in the form, and what is sent of it. */

import type {
  CameraEdit,
  CameraIn,
  CameraLook,
  CameraSetup,
  DeviceLook,
  Names,
  StreamKind,
} from "@/api/types";
import { OF_CLASS, scheduleDraft, scheduleOf, type ScheduleDraft } from "./schedule";

export type Transport = "tcp" | "udp" | "http";

export interface StreamDraft {
  url: string;
  transport: Transport;
  recorded: boolean;
}

export interface CameraDraft {
  code: string;
  officeId: string | null;
  name: Names;
  view: "hall" | "window" | "entrance";
  enabled: boolean;
  retentionId: string | null;
  schedule: ScheduleDraft;
  onvifUrl: string;
  user: string;
  password: string;
  forget: boolean;
  streams: Record<StreamKind, StreamDraft>;
  device: DeviceLook | null;
}

export const STREAMS: readonly StreamKind[] = ["main", "sub"];
const NO_STREAM: StreamDraft = { url: "", transport: "tcp", recorded: true };

export const emptyDraft = (): CameraDraft => ({
  code: "",
  officeId: null,
  name: { kk: "", ru: "", en: "" },
  view: "hall",
  enabled: true,
  retentionId: null,
  schedule: OF_CLASS,
  onvifUrl: "",
  user: "",
  password: "",
  forget: false,
  streams: { main: NO_STREAM, sub: { ...NO_STREAM, recorded: false } },
  device: null,
});

export function draftOf(setup: CameraSetup): CameraDraft {
  const streams = { main: NO_STREAM, sub: NO_STREAM };
  for (const { kind, address, transport, recorded } of setup.streams)
    streams[kind] = { url: address, transport, recorded };
  return {
    ...emptyDraft(),
    code: setup.code,
    officeId: setup.office_id,
    name: setup.name,
    view: setup.view as CameraDraft["view"],
    enabled: setup.enabled,
    retentionId: setup.retention_class_id,
    schedule: scheduleDraft(setup.recording_schedule),
    onvifUrl: setup.onvif_url ?? "",
    streams,
  };
}

/** What changes; an address that stays is left out, and so are credentials that stay. */
export function editOf(draft: CameraDraft, before: CameraSetup): CameraEdit {
  const addresses = new Map(before.streams.map(({ kind, address }) => [kind, address]));
  const credentials = draft.forget
    ? { credentials: null }
    : draft.user
      ? { credentials: { user: draft.user, password: draft.password } }
      : {};
  return {
    name: draft.name,
    view: draft.view,
    enabled: draft.enabled,
    node_name: before.node_name,
    retention_class_id: draft.retentionId,
    recording_schedule: scheduleOf(draft.schedule),
    onvif_url: draft.onvifUrl.trim() || null,
    ...credentials,
    streams: given(draft).map(({ kind, url, transport, recorded }) => ({
      kind,
      transport,
      recorded,
      ...(url === addresses.get(kind) ? {} : { url }),
    })),
  };
}

export const cameraOf = (draft: CameraDraft): CameraIn => ({
  office_id: draft.officeId ?? "",
  code: draft.code.trim(),
  name: filled(draft.name, draft.code),
  view: draft.view,
  retention_class_id: draft.retentionId,
  recording_schedule: scheduleOf(draft.schedule),
  onvif_url: draft.onvifUrl.trim() || null,
  credentials: draft.user ? { user: draft.user, password: draft.password } : null,
  device: draft.device && {
    maker: draft.device.maker,
    model: draft.device.model,
    firmware: draft.device.firmware,
    serial: draft.device.serial,
  },
  streams: given(draft).map(({ kind, url, transport, recorded }) => ({
    kind,
    url,
    transport,
    recorded,
  })),
});

/** Takes over the streams that an inspection found by ONVIF. */
export function withLook(draft: CameraDraft, look: CameraLook): CameraDraft {
  if (!look.device) return draft;
  const streams = { ...draft.streams };
  for (const { kind, url } of look.streams) if (kind) streams[kind] = { ...streams[kind], url };
  const name = `${look.device.maker} ${look.device.model}`.trim();
  return { ...draft, streams, device: look.device, name: filled(draft.name, name) };
}

/** What still has to be typed, as a key of the texts; null when nothing has. */
export function missing(draft: CameraDraft): string | null {
  if (!draft.officeId) return "camera.missing.office";
  if (!draft.code.trim()) return "camera.missing.code";
  if (given(draft).length === 0) return "camera.missing.stream";
  return null;
}

const given = ({ streams }: CameraDraft) =>
  STREAMS.map((kind) => ({ kind, ...streams[kind], url: streams[kind].url.trim() })).filter(
    ({ url }) => url !== "",
  );

/** A name that is missing in a language is taken from another, at last from `otherwise`. */
function filled({ kk, ru, en }: Names, otherwise: string): Names {
  const any = [kk, ru, en].map((name) => name.trim()).find(Boolean) ?? otherwise;
  return { kk: kk.trim() || any, ru: ru.trim() || any, en: en.trim() || any };
}
