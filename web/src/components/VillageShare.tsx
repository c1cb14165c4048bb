import { Button, Popover } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useVillageLink } from "@/api/queries/plans";
import { Loading } from "./Loading";
import { ProblemNote } from "./ProblemNote";
import { QrLink } from "./QrLink";
import classes from "./QrLink.module.css";

/** The page that everybody of a village may open: to look at, to send, to hang up. */
export function VillageShare({
  village,
  name,
  named = false,
}: {
  village: string;
  name: string;
  /** The village's name opens it, instead of a button that says what it is. */
  named?: boolean;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const link = useVillageLink(open ? village : undefined);
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withArrow withinPortal width={260}>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          title={t("route.village_page_of", { name })}
          aria-expanded={open}
          data-testid="village-share"
          {...(named ? { className: classes.named } : {})}
          onClick={() => setOpen(!open)}
        >
          {named ? name : t("route.village_page")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown data-testid="village-link">
        {link.isLoading && <Loading />}
        {link.error && <ProblemNote error={link.error} />}
        {link.data && (
          <QrLink link={link.data.link} qr={link.data.qr}>
            <Button
              component="a"
              size="compact-sm"
              variant="default"
              href={`/vans/${village}`}
              target="_blank"
              rel="noreferrer"
            >
              {t("route.village_open")}
            </Button>
          </QrLink>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
