import { describe, expect, it } from "vitest";
import type { CameraLook, CameraSetup } from "@/api/types";
import { cameraOf, draftOf, editOf, emptyDraft, missing, withLook } from "./setup";

const SETUP = {
  id: "c",
  code: "hall-1",
  name: { kk: "Зал", ru: "Зал", en: "Hall" },
  view: "hall",
  office_id: "o",
  enabled: true,
  node_name: "node-7",
  retention_class_id: null,
  onvif_url: null,
  device: null,
  has_credentials: true,
  streams: [{ kind: "main", address: "rtsp://10.0.0.5/1", transport: "udp", recorded: true }],
} as unknown as CameraSetup;

describe("changing", () => {
  it("sends no address and no password that stays", () => {
    const edit = editOf(draftOf(SETUP), SETUP);
    expect(edit.streams).toEqual([{ kind: "main", transport: "udp", recorded: true }]);
    expect(edit).not.toHaveProperty("credentials");
    expect(edit.node_name).toBe("node-7");
  });
  it("sends what is new, and forgets what is to be forgotten", () => {
    const draft = draftOf(SETUP);
    draft.streams.sub = { url: " rtsp://10.0.0.5/2 ", transport: "tcp", recorded: false };
    expect(editOf({ ...draft, user: "bob", password: "x" }, SETUP)).toMatchObject({
      credentials: { user: "bob", password: "x" },
      streams: [{ kind: "main" }, { kind: "sub", url: "rtsp://10.0.0.5/2", recorded: false }],
    });
    expect(editOf({ ...draft, forget: true }, SETUP).credentials).toBeNull();
  });
});

describe("hours of recording", () => {
  it("come back as they were, and are dropped with their kind", () => {
    const hours = [{ weekday: 1, starts_at: "08:00:00", ends_at: "20:00:00" }];
    const told = { ...SETUP, recording_schedule: { kind: "hours", hours } } as CameraSetup;
    const draft = draftOf(told);
    const sent = [{ weekday: 1, starts_at: "08:00", ends_at: "20:00" }];
    expect(editOf(draft, told).recording_schedule).toEqual({ kind: "hours", hours: sent });
    const never = { ...draft, schedule: { ...draft.schedule, kind: "never" as const } };
    expect(editOf(never, told).recording_schedule).toEqual({ kind: "never", hours: [] });
    expect(editOf(draftOf(SETUP), SETUP).recording_schedule).toBeNull();
  });
});

describe("adding", () => {
  it("names what is missing, then fills the other languages", () => {
    const draft = emptyDraft();
    expect(missing(draft)).toBe("camera.missing.office");
    Object.assign(draft, { officeId: "o" });
    expect(missing(draft)).toBe("camera.missing.code");
    Object.assign(draft, { code: "gate" });
    expect(missing(draft)).toBe("camera.missing.stream");
    draft.streams = { ...draft.streams, main: { ...draft.streams.main, url: "rtsp://10.0.0.5/1" } };
    expect(missing(draft)).toBeNull();
    expect(cameraOf(draft).name).toEqual({ kk: "gate", ru: "gate", en: "gate" });
    expect(cameraOf(draft).streams).toHaveLength(1);
  });
  it("takes over what ONVIF told", () => {
    const look = {
      device: { maker: "Ahual", model: "One", firmware: "1", serial: "2" },
      streams: [
        { kind: "main", url: "rtsp://10.0.0.5/1" },
        { kind: "sub", url: "rtsp://10.0.0.5/2" },
      ],
    } as unknown as CameraLook;
    const draft = withLook(emptyDraft(), look);
    expect(draft.streams.sub.url).toBe("rtsp://10.0.0.5/2");
    expect(draft.name.en).toBe("Ahual One");
    expect(cameraOf(draft).device?.serial).toBe("2");
    expect(withLook(draft, { device: null, streams: [] })).toBe(draft);
  });
});
