import { useOffices } from "@/api/queries/places";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { useNames } from "@/i18n";
import classes from "./Map.module.css";

/** The offices on the map, for people whose work is places and not vans. */
export function OfficeList() {
  const nameOf = useNames();
  const { data, error, refetch } = useOffices();
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <ul className={classes.offices}>
      {data.map((office) => (
        <li key={office.id} className={classes.office} data-testid="map-office">
          <strong>{nameOf(office.name)}</strong>
          <span className={classes.name}>{nameOf(office.region.name)}</span>
          {office.address && <span className={classes.name}>{office.address}</span>}
        </li>
      ))}
    </ul>
  );
}
