import { Button, Group, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeCamera, useInspect } from "@/api/queries/cameras";
import type { CameraSetup } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { CameraFields } from "./CameraFields";
import classes from "./Cameras.module.css";
import { Looks } from "./Looks";
import { draftOf, editOf, type CameraDraft } from "./setup";

export function ChangeCamera({ setup }: { setup: CameraSetup }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(setup));
  const save = useChangeCamera(setup.id);
  const inspect = useInspect();
  const change = (part: Partial<CameraDraft>) => setDraft((before) => ({ ...before, ...part }));

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(editOf(draft, setup), { onSuccess: (saved) => setDraft(draftOf(saved)) });
      }}
    >
      <Switch
        label={t("camera.enabled")}
        description={t("camera.enabled_hint")}
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <CameraFields draft={draft} hasCredentials={setup.has_credentials} onChange={change} />
      {save.error && <ProblemNote error={save.error} />}
      {inspect.error && <ProblemNote error={inspect.error} />}
      <Group>
        <Button type="submit" loading={save.isPending} data-testid="camera-save">
          {t("camera.save")}
        </Button>
        <Button
          variant="default"
          loading={inspect.isPending}
          data-testid="camera-inspect"
          onClick={() => inspect.mutate({ camera_id: setup.id })}
        >
          {t("camera.inspect")}
        </Button>
        <Text size="sm" role="status">
          {inspect.isPending ? t("camera.inspecting") : save.isSuccess ? t("camera.saved") : ""}
        </Text>
      </Group>
      {inspect.data && <Looks look={inspect.data} />}
    </form>
  );
}
