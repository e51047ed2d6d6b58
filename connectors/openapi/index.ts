/** Door of the OpenAPI connector. */
export { OpenApiConnector, type OpenApiRequestContext } from "./connector.ts";
export { type OpenApiConnectorOptions, openApiConnector } from "./create.ts";
export type {
  OpenApiApproval,
  OpenApiAuth,
  OpenApiDocuments,
  OpenApiHttpOptions,
  OpenApiNameCollision,
  OpenApiOperation,
  OpenApiRequestOptions,
  OpenApiRetry,
  OpenApiSecret,
} from "./types.ts";
