import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangePanels, usePanels } from "@/api/queries/panels";
import { useCan } from "@/api/queries/session";
import type { PairedPanel, VanPanel } from "@/api/types";
import { useFormats } from "@/i18n/useFormats";
import { ProblemNote } from "./ProblemNote";
import { QrLink } from "./QrLink";
import classes from "./VanReports.module.css";

/** The phones of a van's crew: pairing by a link that is shown once, ending it. */
export function VanPanels({ vehicleId }: { vehicleId: string }) {
  const { t } = useTranslation();
  const can = useCan()("vans.pair");
  const panels = usePanels(vehicleId, can);
  const { pair, revoke } = useChangePanels(vehicleId);
  if (!can) return null;
  const error = pair.error ?? revoke.error ?? panels.error;
  const paired = (panels.data?.items ?? []).filter(({ revoked_at }) => revoked_at === null);

  return (
    <section data-testid="van-panels">
      <h3 className={classes.title}>{t("van_panel.title")}</h3>
      {paired.map((panel) => (
        <Phone key={panel.id} panel={panel} onRevoke={() => revoke.mutate(panel.id)} />
      ))}
      {pair.data ? (
        <Link panel={pair.data} onDone={pair.reset} />
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          loading={pair.isPending}
          data-testid="pair-panel"
          onClick={() => pair.mutate()}
        >
          {t("van_panel.pair")}
        </Button>
      )}
      {error && <ProblemNote error={error} />}
    </section>
  );
}

function Phone({ panel, onRevoke }: { panel: VanPanel; onRevoke: () => void }) {
  const { t } = useTranslation();
  const { dateTime } = useFormats();
  const [sure, setSure] = useState(false);
  return (
    <div className={classes.panel}>
      <span>
        {t("van_panel.made", { at: dateTime(panel.made_at) })},{" "}
        <span className={classes.dim}>
          {panel.seen_at
            ? t("van_panel.seen", { at: dateTime(panel.seen_at) })
            : t("van_panel.never")}
        </span>
      </span>
      <Button
        size="compact-xs"
        variant="subtle"
        {...(sure ? { color: "red" } : {})}
        onClick={() => (sure ? onRevoke() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {t(sure ? "van_panel.confirm" : "van_panel.revoke")}
      </Button>
    </div>
  );
}

function Link({ panel, onDone }: { panel: PairedPanel; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div data-testid="panel-link">
      <p>{t("van_panel.once")}</p>
      <QrLink link={panel.link} qr={panel.qr}>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("van_panel.done")}
        </Button>
      </QrLink>
    </div>
  );
}
