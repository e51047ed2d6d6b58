/** The Durable Object of all contestants: takes one command per request, and answers with what came of it. */
import { DurableObject } from "cloudflare:workers";
import type { ProgramName } from "./cases.ts";

export interface BenchEnv {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace;
}

/** What a request may ask for. The object's name is the path of the request. */
export type Command =
  | { readonly do: "run"; readonly program: ProgramName; readonly n: number }
  | { readonly do: "approve"; readonly executionId: string }
  /** Copies the newest execution until there are so many. */
  | { readonly do: "fill"; readonly executions: number }
  /** Asks for the newest executions, `times` times in a row. */
  | { readonly do: "list"; readonly limit: number; readonly times: number }
  /** Runs a program and counts its loads, messages, bytes and transactions. */
  | { readonly do: "count"; readonly program: ProgramName; readonly n: number }
  /** Bytes of the runtime's database. */
  | { readonly do: "size" }
  /** From now on the connector is an API's; `text` is absent to read again what was sent before, into new objects. */
  | { readonly do: "api"; readonly text?: string }
  /** From now on the connector has so many tools. */
  | { readonly do: "tools"; readonly tools: number }
  | { readonly do: "search"; readonly query: string }
  /** Describes a method `times` times in a row, each time with a runtime that is made anew. */
  | { readonly do: "describe"; readonly target: string; readonly times: number };

/** How a run stands, as both systems say it. */
export interface RunAnswer {
  readonly status: string;
  readonly executionId: string;
  readonly result?: unknown;
  readonly error?: string;
}

/** What the bench asks of a runtime; the floor offers the half that it has. */
export interface Contender {
  run(program: ProgramName, n: number): Promise<RunAnswer>;
  approve(executionId: string): Promise<RunAnswer>;
  fill?(executions: number): Promise<void>;
  list?(limit: number): Promise<readonly unknown[]>;
  count?(program: ProgramName, n: number): Promise<unknown>;
  size?(): Promise<number>;
  search?(query: string): Promise<unknown>;
  describe?(target: string): Promise<unknown>;
}

function missing(command: Command): never {
  throw new Error(`This contestant has no "${command.do}".`);
}

/** What the runtime's connector is made of: the notes where nothing was said. */
export interface Material {
  readonly text?: string;
  readonly api?: object;
  readonly tools?: number;
}

/** By object; beside the objects, so that it outlives their eviction, as a constant of a module does. */
const materials = new Map<string, Material>();

export abstract class BenchHost extends DurableObject<BenchEnv> {
  /** Made anew for each request, as a host does. */
  protected abstract contender(material: Material): Contender;

  override async fetch(request: Request): Promise<Response> {
    const command: Command = await request.json();
    const answer = await this.#answer(command, this.contender(this.#material));
    return Response.json(answer ?? null);
  }

  get #material(): Material {
    return materials.get(this.ctx.id.toString()) ?? {};
  }

  async #list(contender: Contender, limit: number, times: number): Promise<number> {
    let listed: readonly unknown[] = [];
    for (let i = 0; i < times; i += 1) listed = (await contender.list?.(limit)) ?? [];
    return listed.length;
  }

  async #describe(target: string, times: number): Promise<unknown> {
    let described: unknown;
    for (let i = 0; i < times; i += 1) described = await this.contender(this.#material).describe?.(target);
    return described;
  }

  #answer(command: Command, contender: Contender): Promise<unknown> | unknown {
    switch (command.do) {
      case "run":
        return contender.run(command.program, command.n);
      case "approve":
        return contender.approve(command.executionId);
      case "fill":
        return contender.fill?.(command.executions) ?? missing(command);
      case "list":
        return this.#list(contender, command.limit, command.times);
      case "count":
        return contender.count?.(command.program, command.n) ?? missing(command);
      case "size":
        return contender.size?.() ?? missing(command);
      case "api": {
        const text = command.text ?? this.#material.text ?? "{}";
        materials.set(this.ctx.id.toString(), { text, api: JSON.parse(text) });
        return undefined;
      }
      case "tools":
        materials.set(this.ctx.id.toString(), { tools: command.tools });
        return undefined;
      case "search":
        return contender.search?.(command.query) ?? missing(command);
      case "describe":
        return this.#describe(command.target, command.times);
    }
  }
}

/** The Worker around it: `/name` is the object of that name. */
export const worker = {
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    return env.HOST.getByName(new URL(request.url).pathname.slice(1)).fetch(request);
  },
};
