import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Timeline.module.css";

/** Key pictures over the timeline, evenly in time; where nothing is recorded the strip is dark. */
export function ThumbnailStrip({ url }: { url: string }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === url) return null;
  return (
    <img
      className={classes.strip}
      src={url}
      alt={t("replay.thumbnails")}
      data-testid="thumbnails"
      draggable={false}
      onError={() => setFailed(url)}
    />
  );
}
