/** A runtime in a Durable Object of its own, for tests inside workerd. */
import { env, runInDurableObject } from "cloudflare:test";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { type ConnectorClass, defineConnector } from "../../src/connector/define.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { CodemodeRuntimeHandle, CreateCodemodeRuntimeOptions } from "../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";

export type TestOptions = Partial<Omit<CreateCodemodeRuntimeOptions, "connectors" | "ctx">>;

/** Connectors by name, as records of tools. */
export type Toolbox = Readonly<Record<string, ConnectorTools>>;

/** What a runtime is made with: tools, or connectors as a host has them. */
export type Equipment = Toolbox | CreateCodemodeRuntimeOptions["connectors"];

export function connectorsOf(toolbox: Toolbox): (CodemodeConnector | ConnectorClass)[] {
  return Object.entries(toolbox).map(([name, tools]) => defineConnector({ name, tools }));
}

/** A place where runtimes live: the same object, reached again and again, also after an eviction. */
export interface Place {
  /** Runs something with a runtime in the object. */
  run<T>(
    equipment: Equipment,
    body: (runtime: CodemodeRuntimeHandle, ctx: DurableObjectState) => Promise<T>,
    options?: TestOptions,
  ): Promise<T>;
  readonly stub: DurableObjectStub;
}

function isToolbox(equipment: Equipment): equipment is Toolbox {
  return !Array.isArray(equipment);
}

/** A handle on the runtime of an object, each another part of its host; with real isolates unless told otherwise. */
export function runtimeIn(
  ctx: DurableObjectState,
  equipment: Equipment,
  options: TestOptions = {},
): CodemodeRuntimeHandle {
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: isToolbox(equipment) ? connectorsOf(equipment) : equipment,
    ...options,
  });
}

export function newPlace(): Place {
  const stub = env.PLACES.get(env.PLACES.newUniqueId());
  return {
    stub,
    run: (equipment, body, options = {}) =>
      runInDurableObject(stub, (_instance, ctx) => body(runtimeIn(ctx, equipment, options), ctx)),
  };
}

/** One runtime, used once. */
export function withRuntime<T>(
  equipment: Equipment,
  body: (runtime: CodemodeRuntimeHandle, ctx: DurableObjectState) => Promise<T>,
  options: TestOptions = {},
): Promise<T> {
  return newPlace().run(equipment, body, options);
}
