import { useTranslation } from "react-i18next";
import type { Alert } from "@/api/types";
import { useNames } from "@/i18n";

/** How an alert is called on every screen: what happened, and where. */
export function useAlertWords() {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  return {
    title: ({ rule, complaints, details }: Alert): string => {
      const key = `alert.rule.${rule}`;
      const said = i18n.exists(key) ? t(key) : rule;
      const people = details["people"];
      if (rule === "complaint_received" && complaints[0]) return `${said} ${complaints[0].number}`;
      if (rule === "queue_too_long" && typeof people === "number") return `${said}: ${people}`;
      const silence = `alert.silent.${String(details["cause"])}`;
      if (rule === "camera_silent" && i18n.exists(silence)) return t(silence);
      const blindness = `alert.blind.${String(details["sight"])}`;
      if (rule === "camera_blind" && i18n.exists(blindness))
        return details["told_by"] === "camera"
          ? t("alert.blind_told", { what: t(blindness) })
          : t(blindness);
      const disk = `alert.disk.${String(details["disk"])}`;
      if (rule === "recording_stopped" && i18n.exists(disk)) return t(disk);
      return said;
    },
    place: ({ office, window, camera, vehicle_id, details }: Alert): string =>
      [
        vehicle_id ? String(details["plate"] ?? "") : "",
        nameOf(office?.name),
        window ? t("office.window", { n: window.number }) : nameOf(camera?.name),
      ]
        .filter(Boolean)
        .join(" · "),
  };
}
