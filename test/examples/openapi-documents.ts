/** A description in several documents: each is handed in, parsed, under the address by which the others refer to it. */
import { openApiConnector } from "durable-codemode";
import common from "./descriptions/common.json";
import errors from "./descriptions/errors.json";
import description from "./descriptions/petstore.json";

/** A module constant, as the description: what is derived of it is derived once. */
const documents = {
  "./common.json": common,
  "../shared/errors.json": errors,
  "./petstore.json": description, // only where the others refer back to it
};

export function petstore(ctx: DurableObjectState) {
  return openApiConnector(ctx, { name: "petstore", spec: description, documents });
}
