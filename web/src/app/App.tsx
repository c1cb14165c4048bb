import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiProblem } from "@/api/client";
import { keys } from "@/api/queries/keys";
import { router } from "./router";
import { theme } from "./theme";

const RETRIES = 2;

/** A refused session anywhere leads back to the sign-in form. */
function onError(error: Error): void {
  if (error instanceof ApiProblem && error.status === 401) client.setQueryData(keys.me, null);
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // What the client did wrong stays wrong; only silence and server faults are worth a retry.
      retry: (failures, error) =>
        failures < RETRIES &&
        !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} forceColorScheme="dark">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
