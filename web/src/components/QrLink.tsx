import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./QrLink.module.css";

interface Props {
  link: string;
  /** Rows of 0 and 1 (dark), border included. */
  qr: readonly string[];
  /** More buttons beside the one that copies. */
  children?: ReactNode;
}

/** An address to hand out: as a picture for phones, as text, and to be copied. */
export function QrLink({ link, qr, children }: Props) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const dark = qr.flatMap((row, y) =>
    [...row].flatMap((one, x) => (one === "1" ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <>
      <svg
        className={classes.qr}
        role="img"
        aria-label={t("van_panel.qr")}
        viewBox={`0 0 ${qr.length} ${qr.length}`}
        shapeRendering="crispEdges"
      >
        <path d={dark.join("")} fill="#000" />
      </svg>
      <p className={classes.link}>{link}</p>
      <div className={classes.acts}>
        <Button
          size="compact-sm"
          onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
        >
          {t(copied ? "van_panel.copied" : "van_panel.copy")}
        </Button>
        {children}
      </div>
    </>
  );
}
