/** The OpenAPI connector keeps the contract of connectors. */
import { describeConnectorContract } from "../contract.ts";
import { STYLES } from "./described-api.ts";
import { make } from "./make.ts";

describeConnectorContract("OpenAPI", () => make({ spec: STYLES }));
