import { Button, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCameras, useOffices } from "@/api/queries/places";
import { useCan } from "@/api/queries/session";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { AddCamera } from "./AddCamera";
import { CameraList } from "./CameraList";
import { CameraPanel } from "./CameraPanel";
import classes from "./Cameras.module.css";

const ADDING = "new";

/** Cameras for who sets them up: states, measurements, settings, zones; no footage. */
export function CamerasScreen() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id } = useSearch({ from: "/cameras" });
  const mayConfigure = useCan()("cameras.configure");
  const cameras = useCameras();
  const offices = useOffices();
  const camera = cameras.data?.find((each) => each.id === id);
  const select = (next: string | undefined) =>
    void navigate({ to: "/cameras", search: next ? { id: next } : {} });

  if (cameras.error) {
    return <ProblemNote error={cameras.error} onRetry={() => void cameras.refetch()} />;
  }
  if (!cameras.data || !offices.data) return <Loading />;

  return (
    <div className={classes.screen} data-selected={id !== undefined}>
      <div className={classes.left}>
        {mayConfigure && (
          <Button m="sm" mb={0} onClick={() => select(ADDING)} data-testid="camera-add">
            {t("camera.add")}
          </Button>
        )}
        <CameraList cameras={cameras.data} selected={id ?? null} onSelect={select} />
      </div>
      <section className={classes.details} aria-label={t("nav.cameras")}>
        <Button
          className={classes.back}
          variant="default"
          size="compact-sm"
          onClick={() => select(undefined)}
        >
          {t("camera.back")}
        </Button>
        {id === ADDING && mayConfigure ? (
          <AddCamera offices={offices.data} onAdded={select} />
        ) : camera ? (
          <CameraPanel
            key={camera.id}
            camera={camera}
            office={offices.data.find((each) => each.id === camera.office_id) ?? null}
          />
        ) : (
          <Text c="dark.1">{t("camera.choose")}</Text>
        )}
      </section>
    </div>
  );
}
