import { useEffect, useRef, useState } from "react";
import { type Problem, PROBLEMS } from "./facts";
import { useWords } from "./words";

interface Props {
  onSay: (problem: Problem, note: string) => void;
  onBack: () => void;
}

export function ProblemForm({ onSay, onBack }: Props) {
  const { t } = useWords();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [note, setNote] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: "start" });
    form.current?.querySelector("input")?.focus({ preventScroll: true });
  }, []);

  return (
    <form
      ref={form}
      className="problem-form"
      data-testid="problem-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem) onSay(problem, note.trim());
      }}
    >
      <fieldset>
        <legend>{t("problem_title")}</legend>
        {PROBLEMS.map((one) => (
          <label key={one} className="choice-line">
            <input
              type="radio"
              name="problem"
              value={one}
              required
              checked={problem === one}
              onChange={() => setProblem(one)}
            />
            {t(`problem_kind.${one}`)}
          </label>
        ))}
      </fieldset>
      <label className="field">
        {t("problem_note")}
        <textarea
          rows={2}
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <button type="submit" className="big problem">
        {t("problem_send")}
      </button>
      <button type="button" className="big plain" onClick={onBack}>
        {t("back")}
      </button>
    </form>
  );
}
