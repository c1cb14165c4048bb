import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/client";

const KNOWN = [0, 401, 403, 404, 409, 412, 422, 423, 429];

/** What went wrong in the person's language, then the server's own words where it has some. */
export function useProblemText(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiProblem)) return error.message;
    const { status, detail } = error;
    const said = KNOWN.includes(status) ? t(`problem.${status}`) : t("problem.other", { status });
    return detail ? `${said} (${detail})` : said;
  };
}
