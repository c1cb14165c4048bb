import { useEffect } from "react";
import { LiveProvider } from "@/api/liveContext";
import { useMe } from "@/api/queries/session";
import { Loading } from "@/components/Loading";
import { ProblemNote } from "@/components/ProblemNote";
import { SignIn } from "@/features/signin/SignIn";
import { chosenLanguage, setLanguage } from "@/i18n";
import { Shell } from "./Shell";

/** Shows the sign-in form until somebody is signed in, then the application. */
export function Gate() {
  const { data: me, error, refetch } = useMe();
  useEffect(() => {
    if (me && !chosenLanguage()) void setLanguage(me.language, false);
  }, [me]);

  if (error && me === undefined)
    return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (me === undefined) return <Loading />;
  if (me === null) return <SignIn />;
  return (
    <LiveProvider>
      <Shell me={me} />
    </LiveProvider>
  );
}
