/** A connector of your own: what it reads is free, what it changes asks a person, and can be undone. */
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";
import { z } from "zod";

interface Env {
  readonly LOADER: WorkerLoader;
}

interface Issue {
  readonly id: number;
  readonly title: string;
  open: boolean;
}

/** Stands for your database or API. */
const issues = new Map<number, Issue>(
  ["Broken link", "Slow search", "Typo"].map((title, index) => [index + 1, { id: index + 1, title, open: true }]),
);

function issue(id: number): Issue {
  const found = issues.get(id);
  if (found === undefined) throw new Error(`There is no issue ${id}.`);
  return found;
}

export const Issues = defineConnector<Env>({
  name: "issues",
  instructions: "Issues of the web site. Close one only when it is done.",
  tools: {
    list: {
      description: "Open issues",
      // Safe to repeat after a crash, and recorded without waiting for the disk.
      readOnly: true,
      outputSchema: z.array(z.object({ id: z.number(), title: z.string() })),
      execute: () => [...issues.values()].filter(({ open }) => open),
    },
    close: {
      description: "Close an issue",
      inputSchema: z.object({ id: z.number().int(), reason: z.string().optional() }),
      // By the arguments: closing with a reason is routine.
      requiresApproval: (args) => z.object({ reason: z.string().optional() }).parse(args).reason === undefined,
      // `idempotencyKey` is the same on every attempt of this call: hand it to a backend that takes one.
      execute: ({ id }: { id: number }, { idempotencyKey }) => {
        issue(id).open = false;
        return { id, key: idempotencyKey };
      },
      revert: ({ id }: { id: number }) => {
        issue(id).open = true;
      },
    },
  },
});

export const issueRuntime = (ctx: DurableObjectState, env: Env) =>
  createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [new Issues(ctx, env)],
  });
