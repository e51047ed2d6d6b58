/** A run that is aborted by the first of its two calls, for the tools of the AI SDKs. */

export interface Aborting {
  readonly code: string;
  readonly tools: { readonly send: { readonly execute: (args: { to: string }) => Promise<void> } };
  /** Of the tool call that runs the program. */
  readonly signal: AbortSignal;
  readonly sent: readonly string[];
}

export function makeAborting(): Aborting {
  const abort = new AbortController();
  const sent: string[] = [];
  const execute = async ({ to }: { to: string }) => {
    sent.push(to);
    abort.abort();
  };
  const code = "async () => { for (const to of ['ada', 'bob']) await codemode.send({ to }); }";
  return { code, tools: { send: { execute } }, signal: abort.signal, sent };
}
