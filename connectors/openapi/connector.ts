/** The OpenAPI connector: a description in, one typed tool per operation out, and a `request` that works. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { checkPolicy } from "../../src/connector/policies.ts";
import type { ResolvedTools } from "../../src/connector/resolve.ts";
import type { ConnectorTool, ConnectorTools, ToolExecuteContext } from "../../src/connector/types.ts";
import { named, unreadable } from "../../src/connector/unreadable.ts";
import { CodemodeError, isCodemodeError } from "../../src/errors.ts";
import { territoryOf } from "./address.ts";
import { type Api, apiOf } from "./api.ts";
import { toCall } from "./call.ts";
import { suppliedBy } from "./credentials.ts";
import type { Operation } from "./operation.ts";
import { approves } from "./policy.ts";
import { requestTool } from "./request-tool.ts";
import { send } from "./send.ts";
import { checkHttp, checkSwitch } from "./settings.ts";
import { type Owner, sharedToolsOf } from "./shared-tools.ts";
import type {
  OpenApiApproval,
  OpenApiDocuments,
  OpenApiHttpOptions,
  OpenApiNameCollision,
  OpenApiOperation,
  OpenApiRequestOptions,
} from "./types.ts";

/** What `request()` may use beside the request itself. All of it is absent when you call `request()` by hand. */
export interface OpenApiRequestContext {
  /** The operation that was called; undefined for the `request` tool. */
  readonly operation?: OpenApiOperation | undefined;
  /** Media type that the program chose, where the operation takes several. */
  readonly contentType?: string | undefined;
  /** The same on every attempt of one call. */
  readonly idempotencyKey?: string | undefined;
  /** Aborts when nobody waits for the answer any longer. */
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with a description that cannot be had, by how that shows. */
const UNLOADED = {
  code: "CONNECTION_LOST",
  failed: "its OpenAPI description could not be loaded",
  next: "See where spec() and documents() load from: the address, the credentials, and whether it can be reached.",
} as const;
const UNPARSED = {
  code: "INVALID_SCHEMA",
  failed: "its OpenAPI description could not be parsed",
  next: "See what spec() and documents() parse: JSON, or YAML with a parser of YAML.",
} as const;
const UNUSABLE = {
  code: "INVALID_SCHEMA",
  failed: "its OpenAPI description cannot be used",
  next: "See what spec() and documents() give.",
} as const;

/** Descriptions whose problems were told: connectors are made per request, and once is enough. */
const told = new WeakSet<Api>();

/**
 * Connector of an API that an OpenAPI 3.x or Swagger 2 description describes: one typed tool per operation, and
 * `request` for what they do not reach. Only `name()` and `spec()` must be written; `request()` may be overridden.
 *
 * @example
 * ```ts
 * class GitHub extends OpenApiConnector<Env> {
 *   name() { return "github"; }
 *   protected spec() { return description; }
 *   protected override http() { return { auth: { type: "bearer", token: () => this.env.GITHUB_TOKEN } } as const; }
 * }
 * ```
 */
export abstract class OpenApiConnector<Env = unknown, Props = unknown> extends CodemodeConnector<Env, Props> {
  #api: Promise<Api> | undefined;

  /**
   * The description, parsed. May be async. Give the same object each time (a module constant): operations are derived
   * once per object.
   */
  protected abstract spec(): object | Promise<object>;

  /**
   * Other documents that the description refers to, by address; see {@link OpenApiDocuments}. Nothing is ever fetched.
   * Include the description itself where they refer back to it. Give the same object each time.
   */
  protected documents(): OpenApiDocuments | undefined | Promise<OpenApiDocuments | undefined> {
    return undefined;
  }

  /** Which operations ask a person first. */
  protected approval(): OpenApiApproval {
    return "ask-writes";
  }

  /** Base URL, credentials, allowed hosts and bounds of the default {@link request}. */
  protected http(): OpenApiHttpOptions {
    return {};
  }

  /**
   * Whether a path parameter stands for several segments, so that its slashes are sent as slashes. Asked for those that
   * the description does not mark with `x-multi-segment` (as GitHub does). `.` and `..` are refused in any case.
   */
  protected isMultiSegment(_operation: OpenApiOperation, _parameter: string): boolean {
    return false;
  }

  /** Whether programs may also read the description itself, with a `spec` tool. */
  protected exposeSpec(): boolean {
    return false;
  }

  /** Told once per description when operations wanted one name; each got one of its own all the same. */
  protected onNameCollision(collisions: readonly OpenApiNameCollision[]): void {
    const list = collisions.map(
      ({ method, path, name, renamedTo }) => `${method} ${path}: "${name}" is taken, so "${renamedTo}"`,
    );
    console.warn(
      `Connector "${this.name()}": ${list.join("; ")}. Give operations unique operationIds to choose the names.`,
    );
  }

  /**
   * Told once per description when references of its operations lead nowhere (to other documents, say). What they stood
   * for accepts anything; one deep inside a schema is met later, and says so only in that schema's description.
   */
  protected onUnresolvedReferences(references: readonly string[]): void {
    console.warn(
      `Connector "${this.name()}": these $refs lead nowhere: ${references.join(", ")}. Hand in the documents that they are in with documents(), or bundle the description into one.`,
    );
  }

  /**
   * Told once per description when it has bodies for operations whose method cannot carry one (`GET`, `HEAD`): `fetch`
   * sends none, and a program that gives one is refused.
   */
  protected onUnsendableBodies(operations: readonly OpenApiOperation[]): void {
    const list = operations.map(({ method, path }) => `${method} ${path}`);
    console.warn(
      `Connector "${this.name()}": no body can be sent with ${list.join(", ")}. Where the API takes the same by POST, describe that.`,
    );
  }

  /**
   * Performs one request. The default sends it with the settings of {@link http}; an override decides for itself, and
   * may call `super.request(options, context)`.
   *
   * @throws CodemodeError `REQUEST_FAILED`, `REQUEST_REFUSED`, `CONNECTION_LOST`, `CANCELLED` or `INVALID_ARGUMENTS`.
   */
  protected async request(options: OpenApiRequestOptions, context: OpenApiRequestContext = {}): Promise<unknown> {
    const api = await this.#describedApi();
    const http = this.http();
    const operation = api.operations.find(({ name }) => name === context.operation?.name);
    const { contentType, idempotencyKey, signal } = context;
    try {
      checkHttp(http);
      const territory = territoryOf([api.servers, ...api.operations.map(({ servers }) => servers)], http);
      return await send(options, {
        connector: this.name(),
        territory,
        http,
        operation,
        contentType,
        idempotencyKey,
        signal,
      });
    } catch (error) {
      // Settings are the connector's own; everything else names the request.
      throw isCodemodeError(error) && error.code === "INVALID_INPUT" ? named(this.name(), error) : error;
    }
  }

  /** A description's schemas are read with tolerance. */
  protected override checkSchema(): void {}

  protected async tools(): Promise<ConnectorTools> {
    const api = await this.#describedApi();
    this.#tell(api);
    const policy = this.#policy();
    const aliases = new Map([...api.aliases].map(([alias, name]) => [name, alias]));
    const tools = api.operations.map((operation): [string, ConnectorTool] => [
      operation.name,
      this.#operationTool(operation, policy, aliases.get(operation.name)),
    ]);
    return { ...this.#ownTools(policy), ...Object.fromEntries(tools) };
  }

  protected override async sharedTools(): Promise<ResolvedTools | undefined> {
    if (this.tools !== OpenApiConnector.prototype.tools) return undefined;
    const api = await this.#describedApi();
    this.#tell(api);
    const policy = this.#policy();
    // Connectors are made for each request: a function is asked about each operation, what is said by a word is not.
    const answers =
      typeof policy === "function" ? api.operations.map((operation) => approves(policy, operation)) : undefined;
    const variant = {
      name: this.name(),
      instructions: this.instructions(),
      own: this.#exposesSpec(),
      approval: answers?.map(Number).join("") ?? String(policy),
      asks: (operation: Operation, at: number) => answers?.[at] ?? approves(policy, operation),
    };
    return sharedToolsOf(api, variant, this, OpenApiConnector.#ownerOf);
  }

  /** Tools that are shared are run by the connector that is called: its request, its settings, its policy. */
  static #ownerOf(this: void, connector: unknown): Owner {
    if (!(connector instanceof OpenApiConnector)) throw new CodemodeError("INTERNAL", "A tool has lost its connector.");
    return {
      own: () => connector.#ownTools(connector.#policy()),
      perform: (operation, args, context) => connector.#perform(operation, args, context),
    };
  }

  #ownTools(policy: OpenApiApproval): ConnectorTools {
    return { ...(this.#exposesSpec() && { spec: this.#specTool() }), request: this.#requestTool(policy) };
  }

  #perform(operation: Operation, args: unknown, { idempotencyKey, signal }: ToolExecuteContext): Promise<unknown> {
    const { request, contentType } = toCall(operation, args, idempotencyKey, (...of) => this.isMultiSegment(...of));
    return this.request(request, { operation, contentType, idempotencyKey, signal });
  }

  /** A method that gives nothing (a setting that is not set, say) has said nothing: writes ask then. */
  #policy(): OpenApiApproval {
    const policy: OpenApiApproval | undefined = this.approval();
    checkPolicy(this.name(), policy);
    return policy ?? "ask-writes";
  }

  /** What is true in some way is no yes: `"false"` would show the description. */
  #exposesSpec(): boolean {
    const exposes: unknown = this.exposeSpec();
    checkSwitch(`${this.name()}: exposeSpec`, exposes);
    return exposes === true;
  }

  #describedApi(): Promise<Api> {
    this.#api ??= (async () => {
      const [spec, documents] = await this.#description();
      return apiOf(spec, suppliedBy(this.http().auth), documents);
    })().catch((error: unknown) => {
      throw unreadable(this.name(), error, UNUSABLE);
    });
    // A description that could not be fetched once may be there the next time.
    this.#api.catch(() => {
      this.#api = undefined;
    });
    return this.#api;
  }

  async #description(): Promise<[spec: object, documents: OpenApiDocuments | undefined]> {
    try {
      return await Promise.all([this.spec(), this.documents()]);
    } catch (error) {
      throw unreadable(this.name(), error, error instanceof SyntaxError ? UNPARSED : UNLOADED);
    }
  }

  #tell(api: Api): void {
    if (told.has(api)) return;
    told.add(api);
    if (api.collisions.length > 0) this.onNameCollision(api.collisions);
    const bodiless = api.operations.filter(({ lacksBody }) => lacksBody);
    if (bodiless.length > 0) this.onUnsendableBodies(bodiless);
    if (api.unresolved.size > 0) this.onUnresolvedReferences([...api.unresolved]);
  }

  #operationTool(operation: Operation, policy: OpenApiApproval, alias: string | undefined): ConnectorTool {
    return {
      description: operation.description,
      inputSchema: operation.inputSchema,
      outputSchema: operation.outputSchema,
      requiresApproval: approves(policy, operation),
      readOnly: operation.readOnly,
      idempotent: operation.idempotent,
      ...(alias !== undefined && { aliases: [alias] }),
      execute: (args: unknown, context: ToolExecuteContext) => this.#perform(operation, args, context),
    };
  }

  #requestTool(policy: OpenApiApproval): ConnectorTool {
    const operations = async () => (await this.#describedApi()).operations;
    return requestTool(policy, operations, (request, context) => this.request(request, context));
  }

  #specTool(): ConnectorTool {
    return {
      description: "The raw OpenAPI description. Large: prefer codemode.search and codemode.describe.",
      inputSchema: { type: "object", properties: {} },
      readOnly: true,
      // Descriptions are larger than a record may be, and reading one again costs nothing.
      replay: "reexecute",
      execute: () => this.spec(),
    };
  }
}
