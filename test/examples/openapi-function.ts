/** The same without a class. */
import { createCodemodeRuntime, DynamicWorkerExecutor, openApiConnector } from "durable-codemode";
import description from "./descriptions/github.json";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly GITHUB_TOKEN: string;
}

export function githubRuntime(ctx: DurableObjectState, env: Env) {
  const github = openApiConnector(ctx, {
    name: "github",
    spec: description,
    auth: { type: "bearer", token: () => env.GITHUB_TOKEN },
  });
  const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
  return createCodemodeRuntime({ ctx, executor, connectors: [github] });
}
