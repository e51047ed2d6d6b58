/** What the base class makes of a call that nobody but a test, or a script, makes, and of what a tool gives. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorTool, ConnectorTools, ToolExecuteContext } from "../../src/connector/types.ts";
import { failureOf } from "../support/thrown.ts";

const ctx = {} as unknown as ExecutionContext;

function over(tools: () => ConnectorTools): CodemodeConnector {
  return new (class extends CodemodeConnector {
    override name() {
      return "shop";
    }
    protected override tools() {
      return tools();
    }
  })(ctx, {});
}

const one = (tool: ConnectorTool) => over(() => ({ tool }));

test("a call by hand has a whole context, and a key that no other call has", async () => {
  const seen: ToolExecuteContext[] = [];
  const connector = one({ execute: (_args, context) => void seen.push(context) });
  await connector.executeTool("tool", {});
  await connector.executeTool("tool", {});
  await connector.executeTool("tool", {}, { seq: 7, idempotencyKey: "mine", attempt: 2 });
  const whole = { executionId: "standalone", seq: 0, attempt: 1, signal: expect.any(AbortSignal) };
  expect(seen).toMatchObject([whole, whole, { ...whole, seq: 7, idempotencyKey: "mine", attempt: 2 }]);
  expect(new Set(seen.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
});

test("a tool is called as the object that its author wrote, to run and to undo", async () => {
  const undone: unknown[] = [];
  const tool = {
    prefix: "order ",
    execute({ id }: { id: number }) {
      return this.prefix + id;
    },
    revert(_args: unknown, result: string) {
      undone.push([this.prefix, result]);
    },
  };
  expect(await one(tool).executeTool("tool", { id: 7 })).toBe("order 7");
  expect(await one(tool).revertAction("tool", { id: 7 }, "order 7")).toBe(true);
  expect(undone).toEqual([["order ", "order 7"]]);
});

test("of many things that are wrong with the arguments the first three are told", async () => {
  const inputSchema = z.object(Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, z.string()])));
  const { message, data } = await failureOf(one({ inputSchema, execute: () => 1 }).executeTool("tool", {}));
  expect(message.match(/args\.\w/g)).toEqual(["args.a", "args.b", "args.c"]);
  expect(data).toEqual({ path: "args.a" });
});

describe("what a tool gives bit by bit", () => {
  test("comes to its last value", async () => {
    const connector = one({
      async *execute() {
        yield 1;
        yield 2;
      },
    });
    expect(await connector.executeTool("tool", {})).toBe(2);
  });

  test("is left at its next value when the call is cancelled: it may have no end, and what it did is its result", async () => {
    const abort = new AbortController();
    let ended = false;
    const connector = one({
      async *execute() {
        try {
          for (let n = 1; ; n += 1) {
            if (n === 3) abort.abort();
            if (n > 100) throw new Error("It was not left.");
            yield n;
          }
        } finally {
          ended = true;
        }
      },
    });
    expect(await connector.executeTool("tool", {}, { signal: abort.signal })).toBe(3);
    expect(ended).toBe(true);
  });

  test("and is bytes is not read: its last piece is not its content", async () => {
    const body = new Blob(["text"]).stream();
    expect(await one({ execute: () => body }).executeTool("tool", {})).toBe(body);
    expect(body.locked).toBe(false);
  });
});

test("tools that could not be read once are read again the next time", async () => {
  let times = 0;
  const connector = over(() => {
    times += 1;
    if (times === 1) throw new Error("The vault is locked.");
    return { tool: { execute: () => "done" } };
  });
  expect((await failureOf(connector.describe())).message).toContain("The vault is locked");
  expect(await connector.executeTool("tool", {})).toBe("done");
  await connector.describe();
  expect(times).toBe(2);
});

test.for<[Partial<ConnectorTool>, { repeatable: boolean; readOnly: boolean; replay: string }]>([
  [{}, { repeatable: false, readOnly: false, replay: "log" }],
  [{ idempotent: true }, { repeatable: true, readOnly: false, replay: "log" }],
  [{ readOnly: true }, { repeatable: true, readOnly: true, replay: "log" }],
  [{ replay: "reexecute" }, { repeatable: true, readOnly: true, replay: "reexecute" }],
])("a tool that says %j has the policy %j", async ([said, policy]) => {
  const assessed = await one({ ...said, execute: () => 1 }).assess("tool", {}, { executionId: "e", seq: 0 });
  expect(assessed).toMatchObject({ kind: "valid", policy });
});

test("what a predicate answers asks a person unless it says no: a text is no no", async () => {
  const asks = async (answer: unknown) => {
    const connector = one({ requiresApproval: async () => answer as boolean, execute: () => 1 });
    const assessed = await connector.assess("tool", {}, { executionId: "e", seq: 0 });
    return assessed.kind === "valid" && assessed.policy.approval;
  };
  expect(await Promise.all([true, "yes", 1, false].map(asks))).toEqual([true, true, true, false]);
});

test("the tools are described by one object, as long as they are the same", async () => {
  const connector = one({ execute: () => 1 });
  expect(await connector.describe()).toBe(await connector.describe());
});

test("of two tools with one alias, the first has it; a tool's own name is nobody's alias", async () => {
  const connector = over(() => ({
    first: { aliases: ["both", "second"], execute: () => "first" },
    second: { aliases: ["both"], execute: () => "second" },
  }));
  const calls = ["both", "second"].map((name) => connector.executeTool(name, {}));
  expect(await Promise.all(calls)).toEqual(["first", "second"]);
});

test("G5 what a person approves is another action where the tool says something else of itself", async () => {
  const definitionOf = async (said: Partial<ConnectorTool>) => {
    const connector = one({ requiresApproval: true, execute: () => 1, ...said });
    const assessed = await connector.assess("tool", {}, { executionId: "e", seq: 0 });
    return assessed.kind === "valid" ? assessed.policy.definition : undefined;
  };
  const said: Partial<ConnectorTool>[] = [
    {},
    { description: "Pays" },
    { inputSchema: { type: "object" } },
    { idempotent: true },
    { revert: () => undefined },
  ];
  const definitions = await Promise.all(said.map(definitionOf));
  expect(new Set(definitions).size).toBe(said.length);
  expect(await definitionOf({})).toBe(definitions[0]);
});
