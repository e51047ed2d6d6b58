/** The example of a connector class keeps the contract of all connectors. */
import { describeConnectorContract } from "../connectors/contract.ts";
import { Issues } from "./connector-class.ts";

const ctx = {} as unknown as ExecutionContext;
const TRACKER = { list: async () => ["#1"], close: async () => {}, reopen: async () => {} };

describeConnectorContract("Issues", () => new Issues(ctx, { TRACKER }));
