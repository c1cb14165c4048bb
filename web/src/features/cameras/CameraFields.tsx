import {
  Checkbox,
  Fieldset,
  Group,
  PasswordInput,
  Select,
  SegmentedControl,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useRetentionClasses } from "@/api/queries/cameras";
import type { StreamKind } from "@/api/types";
import { LANGUAGE_NAMES, LANGUAGES, useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Cameras.module.css";
import { ScheduleFields } from "./ScheduleFields";
import { STREAMS, type CameraDraft, type StreamDraft, type Transport } from "./setup";

interface Props {
  draft: CameraDraft;
  /** Whether a password is kept already, which a new one would replace. */
  hasCredentials: boolean;
  onChange: (part: Partial<CameraDraft>) => void;
}

/** The fields that adding and changing a camera share. */
export function CameraFields({ draft, hasCredentials, onChange }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { number } = useFormats();
  const { data: retention } = useRetentionClasses();
  const changeStream = (kind: StreamKind, part: Partial<StreamDraft>) =>
    onChange({ streams: { ...draft.streams, [kind]: { ...draft.streams[kind], ...part } } });

  return (
    <>
      <div className={classes.three}>
        {LANGUAGES.map((language) => (
          <TextInput
            key={language}
            label={`${t("camera.name")} (${LANGUAGE_NAMES[language]})`}
            maxLength={200}
            value={draft.name[language]}
            onChange={(event) =>
              onChange({ name: { ...draft.name, [language]: event.currentTarget.value } })
            }
          />
        ))}
      </div>
      <div className={classes.three}>
        <Select
          label={t("camera.view")}
          allowDeselect={false}
          value={draft.view}
          data={(["hall", "window", "entrance"] as const).map((value) => ({
            value,
            label: t(`camera.views.${value}`),
          }))}
          onChange={(view) => onChange({ view: view as CameraDraft["view"] })}
        />
        <Select
          clearable
          label={t("camera.retention")}
          placeholder={t("camera.retention_usual")}
          value={draft.retentionId}
          data={(retention ?? []).map(({ id, name, keep_max_days }) => ({
            value: id,
            label: `${nameOf(name)} · ${t("camera.days", { n: number(keep_max_days) })}`,
          }))}
          onChange={(retentionId) => onChange({ retentionId })}
        />
        <TextInput
          label={t("camera.onvif")}
          placeholder="http://10.0.0.5/onvif/device_service"
          value={draft.onvifUrl}
          onChange={(event) => onChange({ onvifUrl: event.currentTarget.value })}
        />
      </div>
      <div className={classes.three}>
        <TextInput
          label={t("camera.user")}
          autoComplete="off"
          placeholder={hasCredentials ? t("camera.kept") : ""}
          value={draft.user}
          data-testid="camera-user"
          onChange={(event) => onChange({ user: event.currentTarget.value, forget: false })}
        />
        <PasswordInput
          label={t("camera.password")}
          autoComplete="new-password"
          placeholder={hasCredentials ? t("camera.kept") : ""}
          value={draft.password}
          data-testid="camera-password"
          onChange={(event) => onChange({ password: event.currentTarget.value })}
        />
        {hasCredentials && (
          <Checkbox
            className={classes.forget}
            label={t("camera.forget")}
            checked={draft.forget}
            onChange={(event) =>
              onChange({ forget: event.currentTarget.checked, user: "", password: "" })
            }
          />
        )}
      </div>
      <ScheduleFields schedule={draft.schedule} onChange={(schedule) => onChange({ schedule })} />
      {STREAMS.map((kind) => (
        <Fieldset key={kind} legend={t(`camera.kind.${kind}`)} className={classes.stream}>
          <TextInput
            label={t("camera.address")}
            placeholder={`rtsp://10.0.0.5/${kind}`}
            value={draft.streams[kind].url}
            data-testid={`camera-url-${kind}`}
            onChange={(event) => changeStream(kind, { url: event.currentTarget.value })}
          />
          <Group gap="lg" align="center">
            <SegmentedControl
              size="xs"
              aria-label={t("camera.transport")}
              value={draft.streams[kind].transport}
              data={["tcp", "udp", "http"]}
              onChange={(value) => changeStream(kind, { transport: value as Transport })}
            />
            <Checkbox
              label={t("camera.recorded")}
              checked={draft.streams[kind].recorded}
              onChange={(event) => changeStream(kind, { recorded: event.currentTarget.checked })}
            />
          </Group>
        </Fieldset>
      ))}
    </>
  );
}
