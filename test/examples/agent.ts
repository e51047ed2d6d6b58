/** An Agent whose model writes programs: the run pauses for a person, and the conversation goes on with its result. */
import { Agent } from "agents";
import { isStepCount, type LanguageModel, type ModelMessage, ToolLoopAgent } from "ai";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector, type ProxyToolOutput } from "durable-codemode";
import { z } from "zod";

interface Env extends Cloudflare.Env {
  readonly LOADER: WorkerLoader;
}

/** What the model is told to give, and what the arguments are checked against. */
const REFUND = z.object({ order: z.number().int(), cents: z.number().int().positive() });

const refunds = defineConnector({
  name: "refunds",
  tools: {
    due: { description: "Orders that wait for a refund", readOnly: true, execute: () => [{ order: 7, cents: 1200 }] },
    pay: {
      description: "Pay a refund",
      inputSchema: REFUND,
      requiresApproval: true,
      execute: ({ order, cents }: z.infer<typeof REFUND>) => ({ order, paid: cents }),
    },
  },
});

export class Support extends Agent<Env> {
  /** Any model of the AI SDK. */
  model: LanguageModel = "openai/gpt-5";
  readonly messages: ModelMessage[] = [];

  runtime() {
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: [refunds],
    });
  }

  /**
   * Takes up what the last process left behind. Not awaited: until `onStart` has returned, the object takes no calls,
   * also not those of its own facet, which would wait for ever.
   */
  override onStart(): void {
    this.ctx.waitUntil(this.runtime().maintain());
  }

  ask(question: string): Promise<string> {
    this.messages.push({ role: "user", content: question });
    return this.answer();
  }

  /** Called by whoever shows `runtime().pending()` to a person. */
  async approve(executionId: string, seq: number, digest: string): Promise<string> {
    const outcome = await this.runtime().approve({ executionId, seq, digest, by: "support" });
    this.replaceResult(outcome);
    return this.answer();
  }

  private async answer(): Promise<string> {
    const tools = { codemode: this.runtime().tool({ connectorHints: { refunds: "orders and refunds" } }) };
    const agent = new ToolLoopAgent({ model: this.model, tools, stopWhen: isStepCount(8) });
    const { text, responseMessages } = await agent.generate({ messages: this.messages });
    this.messages.push(...responseMessages);
    return text;
  }

  /** Puts the outcome where the conversation said "paused", as if the tool had answered so. */
  private replaceResult(outcome: ProxyToolOutput): void {
    for (const message of this.messages) {
      if (message.role !== "tool") continue;
      for (const part of message.content) {
        if (part.type === "tool-result" && JSON.stringify(part.output).includes(outcome.executionId)) {
          part.output = this.runtime().tool().toModelOutput({ output: outcome });
        }
      }
    }
  }
}
