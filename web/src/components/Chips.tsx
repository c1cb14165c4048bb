import classes from "./Chips.module.css";

interface Props<T> {
  label: string;
  value: T;
  choices: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  testId?: string;
}

/** One of a few values, as a row of buttons that arrow keys walk through. */
export function Chips<T extends string | number | null>(props: Props<T>) {
  const { label, value, choices, onChange, testId } = props;
  const walk = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = choices.findIndex((choice) => choice.value === value);
    const index = (at + by + choices.length) % choices.length;
    const next = choices[index];
    if (next) onChange(next.value);
    const buttons = event.currentTarget.querySelectorAll("button");
    buttons[index]?.focus();
  };
  return (
    <div className={classes.field}>
      <span className={classes.label}>{label}</span>
      <div
        className={classes.chips}
        role="radiogroup"
        aria-label={label}
        data-testid={testId}
        onKeyDown={walk}
      >
        {choices.map((choice) => (
          <button
            key={String(choice.value)}
            type="button"
            role="radio"
            className={classes.chip}
            aria-checked={choice.value === value}
            tabIndex={choice.value === value ? 0 : -1}
            data-value={String(choice.value)}
            onClick={() => onChange(choice.value)}
          >
            {choice.label}
          </button>
        ))}
      </div>
    </div>
  );
}
