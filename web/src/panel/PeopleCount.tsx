import { useId } from "react";
import type { Fate } from "./facts";
import { useWords } from "./words";

const MOST = 10_000;

interface Props {
  people: number;
  fate: Fate | undefined;
  onCount: (people: number) => void;
}

export function PeopleCount({ people, fate, onCount }: Props) {
  const { t } = useWords();
  const label = useId();
  return (
    <div className="people" role="group" aria-labelledby={label} data-fate={fate}>
      <p id={label}>
        {t("people_served")} <span className="dim">({t("people_at_stop")})</span>
      </p>
      <div className="stepper">
        <button
          type="button"
          className="big"
          aria-label={t("people_less")}
          disabled={people === 0}
          onClick={() => onCount(people - 1)}
        >
          −
        </button>
        <output aria-live="polite" data-testid="people">
          {people}
        </output>
        <button
          type="button"
          className="big"
          aria-label={t("people_more")}
          data-testid="people-more"
          disabled={people === MOST}
          onClick={() => onCount(people + 1)}
        >
          +
        </button>
      </div>
    </div>
  );
}
