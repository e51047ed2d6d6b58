/** A chat whose Stop ends the run, too: an aborted call makes no further call, and what it did stays recorded. */
import { DurableObject } from "cloudflare:workers";
import { isStepCount, type LanguageModel, streamText } from "ai";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";

interface Env {
  readonly LOADER: WorkerLoader;
}

const letters = defineConnector({
  name: "letters",
  tools: {
    send: {
      description: "Send a letter",
      inputSchema: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
      // The signal aborts with the run: pass it on, so that what is under way can end as well.
      execute: async ({ to }: { to: string }, { signal }) => {
        const sent = await fetch("https://letters.example.com/", { method: "POST", body: to, signal });
        return sent.status;
      },
    },
  },
});

export class Chat extends DurableObject<Env> {
  /** Any model of the AI SDK. */
  model: LanguageModel = "openai/gpt-5";
  #stop = new AbortController();

  readonly runtime = createCodemodeRuntime({
    ctx: this.ctx,
    executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
    connectors: [letters],
  });

  ask(prompt: string): Response {
    this.#stop = new AbortController();
    return streamText({
      model: this.model,
      prompt,
      // Without onAbort the run goes on by itself: what one wants where a client only loses its connection.
      tools: { codemode: this.runtime.tool({ onAbort: "cancel" }) },
      stopWhen: isStepCount(8),
      abortSignal: this.#stop.signal,
    }).toTextStreamResponse();
  }

  stop(): void {
    this.#stop.abort();
  }
}
