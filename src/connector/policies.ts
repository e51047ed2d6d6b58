/** Checks the policy of a connector whose tools are derived, by which they ask a person: a misspelt word must not read as another. */
import { CodemodeError } from "../errors.ts";

const POLICIES: readonly unknown[] = ["ask-writes", "never", "always"];

/**
 * @param policy - what the connector's author gave; nothing stands for its default.
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function checkPolicy(connector: string, policy: unknown): void {
  if (policy === undefined || typeof policy === "function" || POLICIES.includes(policy)) return;
  const given = typeof policy === "string" ? JSON.stringify(policy.slice(0, 60)) : typeof policy;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${connector}: approval is ${POLICIES.map((known) => JSON.stringify(known)).join(", ")} or a function, got ${given}.`,
    { connector, option: "approval" },
  );
}
