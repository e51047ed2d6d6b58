/** One request at a time that a person asked for: whether it is on its way, and why the last one was refused. */
import { useRef, useState } from "preact/hooks";
import { type Problem, problemOf } from "./client.ts";
import { Text } from "./parts.tsx";

export function useRequest() {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  // Known at once: a second click may come before the page is drawn again.
  const isAsked = useRef(false);
  /** `says`: its words while it is on its way. Answers what was answered; undefined for a refusal, or if another is on its way. */
  const send = async <T,>(says: string, request: () => Promise<T>): Promise<T | undefined> => {
    if (isAsked.current) return undefined;
    isAsked.current = true;
    setBusy(says);
    try {
      const answer = await request();
      setProblem(undefined);
      return answer;
    } catch (error) {
      setProblem(problemOf(error));
      return undefined;
    } finally {
      isAsked.current = false;
      setBusy(undefined);
    }
  };
  return { busy, problem, send };
}

/** Says a refusal, also to those who hear the page. */
export function Refused({ problem }: { readonly problem: Problem | undefined }) {
  return (
    <div aria-live="polite">
      {problem !== undefined && (
        <p class="refusal">
          <Text>{problem.message}</Text>
        </p>
      )}
    </div>
  );
}
