/** The public shapes of the OpenAPI connector: what a request is, who may make it, and how it is authenticated. */

/** One HTTP request as `request()` receives it: plain data, path parameters already substituted. */
export type OpenApiRequestOptions = {
  /** Path below the base URL, or a whole URL on an allowed host. */
  path: string;
  /** HTTP method in upper case (of `additionalOperations` as the description writes it); `GET` when absent. */
  method?: string;
  /** Query parameters by name, as values: the default `request` writes each in the style its description declares. */
  params?: Record<string, unknown>;
  /** The body as the program gave it: not serialised yet. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** One operation of an API description, as policies and hooks see it. */
export interface OpenApiOperation {
  /** The tool's name, or `"request"` for the escape hatch. */
  readonly name: string;
  readonly operationId: string | undefined;
  /** HTTP method in upper case; one of `additionalOperations` as the description writes it. */
  readonly method: string;
  /** Path template of the description (`/pets/{id}`); for the escape hatch the path that the program asked for. */
  readonly path: string;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** `GET`, `HEAD`, `OPTIONS` and `QUERY` change nothing by definition. */
  readonly readOnly: boolean;
}

/**
 * Which operations ask a person first: all that may change something (`"ask-writes"`), none, all, or those for which
 * your function answers true. Under a function, writes through the `request` escape hatch always ask, and reads do where it
 * answers true for any read of the description: they could reach that operation without naming it.
 */
export type OpenApiApproval = "ask-writes" | "never" | "always" | ((operation: OpenApiOperation) => boolean);

/** A secret, or a function that reads it when a request leaves, so that it is never kept in the connector. */
export type OpenApiSecret = string | (() => string | Promise<string>);

/**
 * How the default `request` proves who it is. Credentials go only to the hosts of the description's servers (or of
 * `baseUrl`), and are dropped when a redirect leaves the host.
 *
 * @example
 * ```ts
 * const auth: OpenApiAuth = { type: "bearer", token: () => env.GITHUB_TOKEN };
 * const keyAsUser: OpenApiAuth = { type: "basic", username: () => env.STRIPE_KEY, password: "" };
 * const signed: OpenApiAuth = async (request) => { request.headers.set("X-Signature", await sign(request)); return request; };
 * ```
 */
export type OpenApiAuth =
  | { readonly type: "bearer"; readonly token: OpenApiSecret }
  | { readonly type: "basic"; readonly username: OpenApiSecret; readonly password: OpenApiSecret }
  | {
      readonly type: "apiKey";
      readonly in: "header" | "query" | "cookie";
      readonly name: string;
      readonly value: OpenApiSecret;
    }
  | ((request: Request) => Request | Promise<Request>);

/** When a request that is safe to repeat is sent again after 429 or 503. */
export interface OpenApiRetry {
  /** Further attempts after the first. Default 3. */
  readonly maxRetries?: number;
  /** First wait in milliseconds, doubled each time, with jitter, where the server names none. Default 500. */
  readonly baseDelayMs?: number;
  /** Longest wait in milliseconds. A server that asks for more (`Retry-After`) ends the attempts. Default 20,000. */
  readonly maxDelayMs?: number;
}

/** Settings of the default `request`; an overridden `request` decides for itself. */
export interface OpenApiHttpOptions {
  /** Replaces every server of the description. Needed where the description names none, or only a relative one. */
  readonly baseUrl?: string;
  /** Values of server variables (`https://{region}.example.com`); absent ones take the description's default. */
  readonly serverVariables?: Readonly<Record<string, string>>;
  readonly auth?: OpenApiAuth;
  /**
   * Hosts that may be called: `api.example.com`, `*.example.com`, `http://localhost:8080` (unencrypted). Default: the
   * servers' hosts.
   */
  readonly allowedHosts?: readonly string[];
  /** Headers of every request, `User-Agent` say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for one attempt, its body included, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Largest answer in bytes, after decompression. Default 8,000,000. */
  readonly maxResponseBytes?: number;
  readonly retry?: OpenApiRetry;
  /** Sends a request: a service binding's `fetch`, say. Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Two operations wanted one tool name; the later one got another. */
export interface OpenApiNameCollision {
  /** The name that both wanted. */
  readonly name: string;
  /** The tool name that this operation got instead. */
  readonly renamedTo: string;
  readonly method: string;
  readonly path: string;
}

/**
 * Further documents that a description's references lead to, parsed, each under the address by which it is referred to:
 * relative to the description (`./common.yaml`, `../shared/errors.json`) or whole (`https://api.example.com/common.json`).
 */
export type OpenApiDocuments = Readonly<Record<string, object>>;
