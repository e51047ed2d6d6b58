/** The capabilities that the host lends to the facet: connectors and executor behind the `HostPort` contract. */
import { RpcTarget } from "cloudflare:workers";
import { describe, search } from "./catalog/catalog.ts";
import type { DescribeOutput, SearchOutput } from "./catalog/contract.ts";
import { namesMethod } from "./catalog/describe.ts";
import { readDescriptions } from "./catalog/unavailable.ts";
import { checkAssessment } from "./connector/check-assessment.ts";
import type { CodemodeConnector } from "./connector/connector.ts";
import { inTime } from "./connector/in-time.ts";
import type {
  Assessment,
  ConnectorDescription,
  ExecutionEndStatus,
  PassEndStatus,
  ToolExecuteContext,
} from "./connector/types.ts";
import { CodemodeError, isCodemodeError } from "./errors.ts";
import type { Findable, HostPort, SnippetEntry, ToolCall, ToolOutcome } from "./runtime/port.ts";
import { adaptExecutor } from "./sandbox/adapted-executor.ts";
import type { Bridge, Executor, PassRequest } from "./sandbox/executor.ts";
import { MAX_LINE_BYTES } from "./wire/messages.ts";
import { charsOfEach, cutMessage, decodeValue, encodeFailure, encodeValue, toFailure } from "./wire/values.ts";

/** How long who asked for a run waits for the hooks of its connectors; a slow one goes on behind its back. */
const HOOK_GRACE_MS = 30_000;

/**
 * How long a connector may take to say what it thinks of a call: it may have to connect to a server and to read a long list. What
 * has a shorter limit of its own (a connection, an approval predicate) says more precisely what never came.
 */
const MAX_ASSESS_SECONDS = 60;

/** So many characters of a result fit whatever they are: two bytes each, and no more than six characters of JSON. */
const MAX_RESULT_CHARS = MAX_LINE_BYTES / 12;

/** What is said of a call, as long as an answer about so many of them can carry: a sentence may quote the call's arguments. */
function inBrief(assessment: Assessment, calls: number): Assessment {
  const most = charsOfEach(calls);
  switch (assessment.kind) {
    case "invalid":
      return { ...assessment, message: cutMessage(assessment.message, most), path: cutMessage(assessment.path, most) };
    case "failed":
      return { ...assessment, message: cutMessage(assessment.message, most) };
    default:
      return assessment;
  }
}

/** The arguments of a call, decoded. What a hostile program wrote there may be no arguments at all. */
function argumentsOf(encoded: string): readonly unknown[] {
  const decoded = decodeValue(encoded);
  if (!Array.isArray(decoded)) throw new CodemodeError("INVALID_ARGUMENTS", "The arguments are not a list.");
  return decoded;
}

/** What a tool gave, as text that one answer carries: what the line refuses would read as a host that is gone. */
function encodeResult(result: unknown, what: string): string {
  const text = encodeValue(result, what);
  if (text.length <= MAX_RESULT_CHARS || bytesOnTheLine(text) <= MAX_LINE_BYTES) return text;
  throw new CodemodeError(
    "VALUE_TOO_LARGE",
    `${what} is larger than any answer can be (32 MiB). Ask for less (a filter, a page, fields), or for a reference to the data.`,
  );
}

/** As JSON inside of JSON: a text crosses with one byte for each character, or with two where one of them needs it. */
function bytesOnTheLine(text: string): number {
  const { length } = JSON.stringify(text);
  return /[\u0100-\uffff]/.test(text) ? 2 * length : length;
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new CodemodeError("INVALID_INPUT", `${what} must be a string, got ${value === null ? "null" : typeof value}.`);
}

/** What `fetch` and our connectors throw over a signal, and what others do. */
function isGivingUp(error: unknown): boolean {
  const { name, code } = toFailure(error);
  return code === "CANCELLED" || name === "AbortError";
}

/** Whether a tool has a `revert`, under whichever of its names. Where the connector cannot be read now, trying it says why. */
function mayRevert(description: ConnectorDescription | undefined, method: string): boolean {
  if (description === undefined) return true;
  const { descriptors, aliases = {}, annotations = {} } = description;
  const isAlias = !Object.hasOwn(descriptors, method) && Object.hasOwn(aliases, method);
  return annotations[(isAlias && aliases[method]) || method]?.reversible === true;
}

export class HostCapabilities extends RpcTarget implements HostPort {
  readonly #connectors: ReadonlyMap<string, CodemodeConnector>;
  readonly #executor: Executor;
  readonly #aborts = new Map<string, AbortController>();

  constructor(connectors: readonly CodemodeConnector[], executor: Executor) {
    super();
    this.#connectors = new Map(connectors.map((connector) => [connector.name(), connector]));
    this.#executor = executor;
  }

  async assess(calls: readonly ToolCall[]): Promise<Assessment[]> {
    return Promise.all(calls.map(async (call) => inBrief(await this.#assessOne(call), calls.length)));
  }

  async #assessOne(call: ToolCall): Promise<Assessment> {
    const connector = this.#connectors.get(call.connector);
    if (connector === undefined) return { kind: "unknown", near: [] };
    try {
      const [args] = argumentsOf(call.args);
      const assessed = connector.assess(call.method, args, { executionId: call.executionId, seq: call.seq });
      const said: unknown = await inTime(MAX_ASSESS_SECONDS * 1_000, assessed, () => {
        throw new CodemodeError(
          "TIMEOUT",
          `${call.connector}.${call.method} was not run: ${call.connector} did not answer within ${MAX_ASSESS_SECONDS} seconds. Give what it waits for a time limit, in tools(), describe() or the tool's schema.`,
        );
      });
      return checkAssessment(said, call.connector, call.method);
    } catch (error) {
      // The call fails, in words, and nothing ran.
      const { message } = toFailure(error);
      if (isCodemodeError(error)) return { kind: "failed", code: error.code, message };
      return { kind: "failed", code: "TOOL_ERROR", message: `${call.connector}.${call.method}: ${message}` };
    }
  }

  async perform(call: string): Promise<string> {
    return JSON.stringify(await this.#perform(JSON.parse(call)));
  }

  async #perform(call: ToolCall): Promise<ToolOutcome> {
    const context = this.#context(call);
    let result: unknown;
    try {
      const [args] = argumentsOf(call.args);
      result = await this.#connector(call.connector).executeTool(call.method, args, context);
    } catch (error) {
      const gaveUp = context.signal.aborted && isGivingUp(error);
      return { ok: false, value: encodeFailure(error), ...(gaveUp && { gaveUp }) };
    }
    try {
      return { ok: true, value: encodeResult(result, `The result of ${call.connector}.${call.method}`) };
    } catch (error) {
      return { ok: false, value: encodeFailure(error), applied: true };
    }
  }

  async revert(
    call: ToolCall & { readonly result: string | undefined },
  ): Promise<{ reverted: boolean; error?: string }> {
    try {
      const [args] = argumentsOf(call.args);
      const result = call.result === undefined ? undefined : decodeValue(call.result);
      const context = { ...this.#context(call), idempotencyKey: `${call.executionId}:${call.seq}:revert` };
      const reverted: unknown = await this.#connector(call.connector).revertAction(call.method, args, result, context);
      // A class of its own may give anything for yes.
      return { reverted: Boolean(reverted) };
    } catch (error) {
      return { reverted: false, error: cutMessage(toFailure(error).message) };
    }
  }

  async reversible(tools: readonly { readonly connector: string; readonly method: string }[]): Promise<boolean[]> {
    const names = new Set(tools.map(({ connector }) => connector).filter((name) => this.#connectors.has(name)));
    const asked = Array.from(names, async (name) => [name, await this.#descriptions([name])] as const);
    const read = new Map(await Promise.all(asked));
    return tools.map(({ connector, method }) => {
      const found = read.get(connector);
      return found !== undefined && mayRevert(found.connectors[0], method);
    });
  }

  async consult(method: string, args: string, { snippets, connectors }: Findable): Promise<ToolOutcome> {
    try {
      const [subject, options] = argumentsOf(args);
      const answer =
        method === "search"
          ? await this.search(subject, options, snippets, connectors)
          : await this.describe(subject, async () => snippets, connectors);
      return { ok: true, value: encodeValue(answer, `The result of codemode.${method}`) };
    } catch (error) {
      return { ok: false, value: encodeFailure(error) };
    }
  }

  async search(
    query: unknown,
    options: unknown,
    snippets: readonly SnippetEntry[],
    among?: readonly string[],
  ): Promise<SearchOutput> {
    return search({ ...(await this.#descriptions(among)), snippets }, query, options);
  }

  /** Snippets are asked for only where the target may be one. */
  async describe(
    target: unknown,
    snippets: () => Promise<readonly SnippetEntry[]>,
    among?: readonly string[],
  ): Promise<DescribeOutput> {
    const text = textOf(target, "The target");
    const read = await this.#descriptions(among);
    return describe({ ...read, snippets: namesMethod(text, read.connectors) ? [] : await snippets() }, text);
  }

  /** All there are, or those of a run: a connector that was added since is none of its globals. */
  #descriptions(among: readonly string[] = [...this.#connectors.keys()]) {
    return readDescriptions([...this.#connectors].filter(([name]) => among.includes(name)));
  }

  async runPass(request: PassRequest, bridge: Bridge): Promise<string | undefined> {
    const runPass = this.#executor.runPass?.bind(this.#executor) ?? adaptExecutor(this.#executor);
    try {
      await runPass(request, bridge);
      return undefined;
    } catch (error) {
      return cutMessage(toFailure(error).message);
    }
  }

  /** For whoever watches (`telemetry/observed-port.ts`). */
  async passQueued(): Promise<void> {}

  async abort(executionId: string, reason: string): Promise<void> {
    const abort = this.#aborts.get(executionId);
    // A rollback may begin before the pass has left, and nobody has aborted that.
    this.#aborts.delete(executionId);
    abort?.abort(new CodemodeError("CANCELLED", `The execution was ${reason}.`));
  }

  async passEnded(executionId: string, status: PassEndStatus): Promise<void> {
    this.#aborts.delete(executionId);
    await this.#each((connector) => connector.onPassEnd(executionId, status));
    if (status !== "paused") await this.#each((connector) => connector.disposeExecution(executionId, status));
  }

  async executionEnded(executionId: string, status: ExecutionEndStatus): Promise<void> {
    this.#aborts.delete(executionId);
    await this.#each((connector) => connector.disposeExecution(executionId, status));
  }

  /** A hook that throws must not turn a finished run into a failed one, and one that hangs must not hold its answer. */
  async #each(hook: (connector: CodemodeConnector) => Promise<void>): Promise<void> {
    const heard = [...this.#connectors.values()].map(async (connector) => hook(connector));
    await inTime<unknown>(HOOK_GRACE_MS, Promise.allSettled(heard), () => {});
  }

  #connector(name: string): CodemodeConnector {
    const connector = this.#connectors.get(name);
    if (connector === undefined)
      throw new CodemodeError("MISSING_CONNECTOR", `There is no connector "${name}" in this runtime.`);
    return connector;
  }

  #context(call: ToolCall): ToolExecuteContext {
    let abort = this.#aborts.get(call.executionId);
    if (abort === undefined) {
      abort = new AbortController();
      this.#aborts.set(call.executionId, abort);
    }
    return {
      executionId: call.executionId,
      seq: call.seq,
      idempotencyKey: `${call.executionId}:${call.seq}`,
      attempt: call.attempt,
      signal: abort.signal,
      ...(call.decision !== undefined && { decision: call.decision }),
    };
  }
}
