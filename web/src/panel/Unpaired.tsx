import { useState } from "react";
import { tokenOf } from "./pairing";
import { Tongues } from "./Tongues";
import { useWords } from "./words";

interface Props {
  ended: boolean;
  waiting: number;
  onToken: (token: string) => void;
}

/** A phone that speaks for no van: how it is paired. */
export function Unpaired({ ended, waiting, onToken }: Props) {
  const { t } = useWords();
  const [wrong, setWrong] = useState(false);
  return (
    <div className="panel" data-testid="unpaired">
      <header className="head">
        <h1 className="plate">{t("title")}</h1>
        <Tongues />
      </header>
      <main>
        <h2>{t(ended ? "pair_ended" : "pair_title")}</h2>
        <p>{t("pair_hint")}</p>
        {waiting > 0 && <p className="note">{t("pair_keeps", { n: waiting })}</p>}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const token = tokenOf(String(new FormData(event.currentTarget).get("link") ?? ""));
            setWrong(token === null);
            if (token) onToken(token);
          }}
        >
          <label className="field">
            {t("pair_paste")}
            <input name="link" required autoComplete="off" inputMode="url" />
          </label>
          {wrong && (
            <p className="bad" role="alert">
              {t("pair_wrong")}
            </p>
          )}
          <button type="submit" className="big">
            {t("pair_use")}
          </button>
        </form>
      </main>
    </div>
  );
}
