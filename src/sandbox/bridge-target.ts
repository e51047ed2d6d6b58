/** The one thing of the host that a sandbox can reach over RPC: a bridge, and nothing else of the object behind it. */
import { RpcTarget } from "cloudflare:workers";
import type { Bridge } from "./executor.ts";

/** RPC shows every method of a target, so the target has only the one that a sandbox may call. */
export class BridgeTarget extends RpcTarget implements Bridge {
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    super();
    this.#bridge = bridge;
  }

  exchange(message: string): Promise<string> {
    return this.#bridge.exchange(message);
  }
}
