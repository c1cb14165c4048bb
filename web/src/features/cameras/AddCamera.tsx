import { Button, Group, Select, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddCamera, useInspect } from "@/api/queries/cameras";
import type { InspectIn, Office } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { CameraFields } from "./CameraFields";
import classes from "./Cameras.module.css";
import { FindCameras } from "./FindCameras";
import { Looks } from "./Looks";
import { cameraOf, emptyDraft, missing, withLook, type CameraDraft } from "./setup";

interface Props {
  offices: readonly Office[];
  onAdded: (id: string) => void;
}

/** Find or type, inspect, then add: nothing is taken in unseen, but nothing is forbidden either. */
export function AddCamera({ offices, onAdded }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [draft, setDraft] = useState(emptyDraft);
  const inspect = useInspect();
  const add = useAddCamera();
  const lacking = missing(draft);
  const change = (part: Partial<CameraDraft>) => setDraft((before) => ({ ...before, ...part }));

  const main = draft.streams.main;
  const target: Partial<InspectIn> | null = draft.onvifUrl.trim()
    ? { onvif_url: draft.onvifUrl.trim() }
    : main.url.trim()
      ? { url: main.url.trim(), kind: "main", transport: main.transport }
      : null;
  const credentials = draft.user
    ? { credentials: { user: draft.user, password: draft.password } }
    : {};
  const look = () => {
    if (!target) return;
    inspect.mutate(
      { ...target, ...credentials },
      { onSuccess: (seen) => setDraft((before) => withLook(before, seen)) },
    );
  };

  return (
    <form
      className={classes.form}
      data-testid="camera-add-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!lacking) add.mutate(cameraOf(draft), { onSuccess: ({ id }) => onAdded(id) });
      }}
    >
      <Title order={2} size="h4">
        {t("camera.add")}
      </Title>
      <FindCameras onTake={(device) => change({ onvifUrl: device.url })} />
      <div className={classes.three}>
        <Select
          label={t("camera.office")}
          searchable
          value={draft.officeId}
          data-testid="camera-office"
          data={offices.map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
          onChange={(officeId) => change({ officeId })}
        />
        <TextInput
          label={t("camera.code")}
          placeholder="almaty-1-entrance"
          maxLength={200}
          value={draft.code}
          data-testid="camera-code"
          onChange={(event) => change({ code: event.currentTarget.value })}
        />
      </div>
      <CameraFields draft={draft} hasCredentials={false} onChange={change} />
      {inspect.error && <ProblemNote error={inspect.error} />}
      {inspect.data && <Looks look={inspect.data} />}
      {add.error && <ProblemNote error={add.error} />}
      <Group>
        <Button
          variant="default"
          disabled={!target}
          loading={inspect.isPending}
          onClick={look}
          data-testid="camera-inspect"
        >
          {t("camera.inspect")}
        </Button>
        <Button
          type="submit"
          disabled={lacking !== null}
          loading={add.isPending}
          data-testid="camera-submit"
        >
          {t("camera.add")}
        </Button>
        <Text size="sm" role="status">
          {inspect.isPending ? t("camera.inspecting") : lacking ? t(lacking) : ""}
        </Text>
      </Group>
    </form>
  );
}
