import { Tabs, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCameraSetup } from "@/api/queries/cameras";
import { useCan } from "@/api/queries/session";
import type { Camera, CameraSetup, Office } from "@/api/types";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import classes from "./Cameras.module.css";
import { ChangeCamera } from "./ChangeCamera";
import { LookingForm } from "./LookingForm";
import { useStreamFacts } from "./useStreamFacts";
import { ZoneEditor } from "./ZoneEditor";

/** One camera: what is measured of it, its settings, its zones. */
export function CameraPanel({ camera, office }: { camera: Camera; office: Office | null }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const mayConfigure = useCan()("cameras.configure");
  const setup = useCameraSetup(camera.id, mayConfigure);

  return (
    <div className={classes.panel} data-testid="camera-panel">
      <Title order={2} size="h4">
        {nameOf(camera.office_name)} · {nameOf(camera.name)}
      </Title>
      {setup.error && <ProblemNote error={setup.error} onRetry={() => void setup.refetch()} />}
      {mayConfigure && setup.isPending && <Loading />}
      {setup.data && <Measured setup={setup.data} camera={camera} />}
      <Tabs defaultValue={mayConfigure ? "setup" : "zones"} keepMounted={false}>
        <Tabs.List mb="md">
          {mayConfigure && <Tabs.Tab value="setup">{t("camera.setup")}</Tabs.Tab>}
          <Tabs.Tab value="zones" data-testid="tab-zones">
            {t("camera.zone.title")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="setup">{setup.data && <ChangeCamera setup={setup.data} />}</Tabs.Panel>
        <Tabs.Panel value="zones">
          <ZoneEditor camera={camera} office={office} />
          <LookingForm cameraId={camera.id} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** States come with the live changes, measurements when the setup is read anew. */
function Measured({ setup, camera }: { setup: CameraSetup; camera: Camera }) {
  const { t } = useTranslation();
  const { dateTime } = useFormats();
  const facts = useStreamFacts();
  return (
    <div className={classes.measured}>
      {camera.streams.map(({ kind, state, since, detail }) => {
        const measured = setup.streams.find((stream) => stream.kind === kind);
        return (
          <div key={kind} className={classes.look}>
            <span>
              <strong>{t(`camera.kind.${kind}`)}</strong>{" "}
              <span className={classes.state} data-state={state}>
                {t(`stream.${state}`)}
              </span>{" "}
              {dateTime(since)}
            </span>
            <span className={classes.facts}>
              {(measured && facts(measured)) || t("camera.not_measured")}
            </span>
            {detail && <span className={classes.reason}>{detail}</span>}
          </div>
        );
      })}
      {setup.device && (
        <div className={classes.look}>
          <strong>ONVIF</strong>
          <span className={classes.facts}>
            {["maker", "model", "firmware", "serial"]
              .map((part) => String(setup.device?.[part] ?? ""))
              .filter(Boolean)
              .join(" · ")}
          </span>
        </div>
      )}
    </div>
  );
}
