/** Runs that a dead process left behind, with nobody who waits for their answers. */
import { env } from "cloudflare:test";
import { expect } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { type Completed, completed, crashFacet } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { connectorsOf } from "../support/runtime.ts";
import type { World } from "../support/world.ts";

/** Runs a program without a handle until calls wait, and ends the facet: nobody is left who waits for the answer. */
export async function startAndAbandon(
  world: World,
  ctx: DurableObjectState,
  code: string,
  at: readonly string[],
): Promise<void> {
  const connectors = connectorsOf(world.toolbox).map((one) => (typeof one === "function" ? new one(ctx, {}) : one));
  const port = new HostCapabilities(connectors, new DynamicWorkerExecutor({ loader: env.LOADER }));
  const settings = { connectors: Object.keys(world.toolbox), limits: DEFAULT_LIMITS, maxExecutions: 50, modules: [] };
  const facet = facetIn(ctx);
  const running = facet.execute({ id: "exec_abandoned", code }, settings, port).catch(() => "lost");
  await world.gate.reached(...at);
  await crashFacet(ctx);
  for (const id of at) world.gate.open(id);
  expect(await running).toBe("lost");
}

/** Runs a program whose facet dies under it: the next one takes up what it finds, and this run to its end. */
export async function runOverCrash(
  world: World,
  ctx: DurableObjectState,
  runtime: CodemodeRuntimeHandle,
): Promise<Completed> {
  const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
  await world.gate.reached("x");
  await crashFacet(ctx);
  world.gate.open("x");
  await world.gate.openInOrder("x");
  return completed(await running);
}
