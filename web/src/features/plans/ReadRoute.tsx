import { Button, FileButton, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReadRoute } from "@/api/queries/plans";
import { useVehicles } from "@/api/queries/places";
import type { RouteDraft } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import { DEFAULT_ZONE, instantOf } from "@/i18n/formats";
import screen from "@/styles/screen.module.css";
import classes from "./Plans.module.css";

/** "2026-11-22T09:00" of an input, as an instant. */
const moment = (typed: string) => {
  const [day = "", time = ""] = typed.split("T");
  return instantOf(day, time, DEFAULT_ZONE).toISOString();
};

/** Takes the line and the stops from a file or from what a van drove. */
export function ReadRoute({ onRead }: { onRead: (read: RouteDraft) => void }) {
  const { t } = useTranslation();
  const vehicles = useVehicles();
  const read = useReadRoute();
  const [asking, setAsking] = useState(false);
  const [van, setVan] = useState<string | null>(null);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const done = { onSuccess: onRead };

  return (
    <div className={classes.read}>
      <Group gap="xs">
        <FileButton
          accept=".geojson,.json,.gpx,.csv,.txt"
          inputProps={{ "aria-label": t("route.read_file") }}
          onChange={(file) => {
            if (file) void file.text().then((text) => read.mutate({ text }, done));
          }}
        >
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" loading={read.isPending}>
              {t("route.read_file")}
            </Button>
          )}
        </FileButton>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={asking}
          onClick={() => setAsking(!asking)}
        >
          {t("route.from_track")}
        </Button>
      </Group>
      {asking && (
        <div className={screen.ask}>
          <p className={screen.dim}>{t("route.from_track_hint")}</p>
          <Select
            searchable
            label={t("plan.vehicle")}
            value={van}
            data={(vehicles.data ?? []).map(({ id, plate }) => ({ value: id, label: plate }))}
            onChange={setVan}
          />
          <TextInput
            type="datetime-local"
            label={t("route.from")}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={t("route.to")}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button
            size="compact-sm"
            disabled={!van || !from || !to}
            loading={read.isPending}
            onClick={() => {
              if (van) read.mutate({ vehicle_id: van, from: moment(from), to: moment(to) }, done);
            }}
          >
            {t("route.make")}
          </Button>
        </div>
      )}
      {read.error && <ProblemNote error={read.error} />}
    </div>
  );
}
