import { useTranslation } from "react-i18next";
import type { Protocol } from "@/api/types";
import screen from "@/styles/screen.module.css";
import classes from "./Devices.module.css";

/** Where a tracker of each kind is told to report to. */
export function Ports({ protocols }: { protocols: readonly Protocol[] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.ports}>
      <h2 className={screen.plate}>{t("device.ports")}</h2>
      <p className={screen.dim}>{t("device.ports_hint", { host: location.hostname })}</p>
      <ul className={classes.portList}>
        {protocols.map(({ name, title, port, transports }) => (
          <li key={name}>
            <strong>{title}</strong>{" "}
            <span className={screen.dim}>
              {transports.map((one) => one.toUpperCase()).join(", ")}
            </span>{" "}
            <span className={classes.port}>{port}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
