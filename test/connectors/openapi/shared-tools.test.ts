/** Connectors of one description share what is the same in them, and nothing that is their own. */
import { describe, expect, test } from "vitest";
import { OpenApiConnector, type OpenApiRequestOptions } from "../../../connectors/openapi/index.ts";
import { search } from "../../../src/catalog/catalog.ts";
import type { ConnectorTool } from "../../../src/connector/types.ts";
import { ctx, description, make } from "./make.ts";

const operation = (operationId: string) => ({
  operationId,
  parameters: [{ in: "query", name: "q", schema: { type: "string" } }],
  responses: {
    200: { description: "", content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } } },
  },
});
const components = { schemas: { A: { type: "object", properties: { b: { $ref: "#/components/schemas/B" } } }, B: {} } };
const SPEC = description({ "/x": { get: operation("read"), post: operation("write") } }, { components });

class Api extends OpenApiConnector<string> {
  readonly sent: OpenApiRequestOptions[] = [];
  override name() {
    return "api";
  }
  protected override spec() {
    return SPEC;
  }
  protected override async request(options: OpenApiRequestOptions) {
    this.sent.push(options);
    return this.env;
  }
}

const at = { executionId: "e", seq: 0 };

async function asks(connector: OpenApiConnector, method: string, args: unknown = {}): Promise<boolean> {
  const assessment = await connector.assess(method, args, at);
  if (assessment.kind !== "valid") throw new Error(assessment.kind);
  return assessment.policy.approval;
}

describe("connectors made again of the same description", () => {
  test("are described by the same object, so that an index of it is found again", async () => {
    const described = await make({ spec: SPEC }).describe();
    expect(await make({ spec: SPEC }).describe()).toBe(described);
    for (const other of [{ name: "other" }, { instructions: "Mind the limit." }, { exposeSpec: true }]) {
      expect(await make({ spec: SPEC, ...other }).describe()).not.toBe(described);
    }
    expect(await make({ spec: structuredClone(SPEC) }).describe()).not.toBe(described);
  });

  test("are remembered under their last 16 names and policies, so that ever new ones fill no memory", async () => {
    const spec = structuredClone(SPEC);
    const described = (instructions: number) => make({ spec, instructions: String(instructions) }).describe();
    const first = await described(1);
    for (let n = 2; n <= 16; n += 1) await described(n);
    expect(await described(1)).toBe(first);
    await described(17);
    expect(await described(1)).not.toBe(first);
  });

  test("are described as plain data, the same after a search as before", async () => {
    const untouched = await make({ spec: structuredClone(SPEC), instructions: "Hm." }).describe();
    const searched = await make({ spec: structuredClone(SPEC), instructions: "Hm." }).describe();
    expect(search({ connectors: [searched] }, "read something").results[0]?.method).toBe("read");
    expect(structuredClone(searched)).toEqual(structuredClone(untouched));
    expect(JSON.parse(JSON.stringify(searched))).toMatchObject({
      name: "api",
      instructions: "Hm.",
      descriptors: { request: {}, read: { description: "GET /x" }, write: { description: "POST /x" } },
      annotations: { read: { readOnly: true }, write: { requiresApproval: true } },
    });
    expect(searched.descriptors).toBe(searched.descriptors);
  });

  test("each say who they are and ask by their own policy", async () => {
    expect((await make({ spec: SPEC, name: "other" }).describe()).name).toBe("other");
    expect((await make({ spec: SPEC, instructions: "Hm." }).describe()).instructions).toBe("Hm.");
    expect(await asks(make({ spec: SPEC }), "write")).toBe(true);
    expect(await asks(make({ spec: SPEC, approval: "never" }), "write")).toBe(false);
    expect(await asks(make({ spec: SPEC, approval: "always" }), "read")).toBe(true);
    expect(await asks(make({ spec: SPEC, approval: () => false }), "request", { path: "/x", method: "POST" })).toBe(
      true,
    );
  });

  test("ask a policy that is a function each time, so that one that changed its mind is heard", async () => {
    let strict = false;
    const connector = () => make({ spec: SPEC, approval: () => strict });
    const lax = connector();
    expect(await asks(lax, "read")).toBe(false);
    strict = true;
    expect(await asks(connector(), "read")).toBe(true);
    expect((await connector().describe()).annotations?.read?.requiresApproval).toBe(true);
  });

  test("are asked about the escape hatch themselves: the policy of the one that was made first does not count", async () => {
    const closed = make({ spec: SPEC, approval: ({ path }) => path.startsWith("/secret") });
    const open = make({ spec: SPEC, approval: ({ path }) => path.startsWith("/other") });
    const read = { path: "/secret/1" };
    expect([await asks(closed, "request", read), await asks(open, "request", read)]).toEqual([true, false]);
  });

  test("send requests themselves", async () => {
    const [one, two] = [new Api(ctx, "one"), new Api(ctx, "two")];
    expect(await one.describe()).toBe(await two.describe());
    expect(await two.executeTool("read", { q: "a" })).toBe("two");
    expect(await one.executeTool("request", { path: "/y" })).toBe("one");
    expect([one.sent, two.sent]).toEqual([
      [{ path: "/y", method: "GET" }],
      [{ path: "/x", method: "GET", params: { q: "a" } }],
    ]);
  });
});

describe("a connector that changes its tools", () => {
  test("in tool() has them changed", async () => {
    class Careful extends Api {
      protected override tool(name: string, tool: ConnectorTool): ConnectorTool {
        return name === "read" ? { ...tool, description: "Reads.", requiresApproval: true } : tool;
      }
    }
    await new Api(ctx, "").describe();
    const careful = new Careful(ctx, "careful");
    expect(await asks(careful, "read")).toBe(true);
    expect((await careful.describe()).descriptors.read?.description).toBe("Reads.");
    expect(await careful.executeTool("write", {})).toBe("careful");
    expect(await asks(new Api(ctx, ""), "read")).toBe(false);
  });

  test("in tools() has them changed, and those of the base run", async () => {
    class More extends Api {
      protected override async tools() {
        const { write: _write, ...tools } = await super.tools();
        return { ...tools, extra: { execute: () => "extra" } };
      }
    }
    const more = new More(ctx, "more");
    expect(Object.keys((await more.describe()).descriptors)).toEqual(["request", "read", "extra"]);
    expect(await more.executeTool("read", {})).toBe("more");
    expect(await more.executeTool("extra", {})).toBe("extra");
  });

  test("in approval() has its own answers", async () => {
    class Trusting extends Api {
      protected override approval() {
        return "never" as const;
      }
    }
    expect(await asks(new Trusting(ctx, ""), "write")).toBe(false);
    expect(await asks(new Api(ctx, ""), "write")).toBe(true);
  });
});

describe("schemas of operations", () => {
  test("are made when somebody looks, the same ones from then on", async () => {
    const looked: string[] = [];
    const spying = new Proxy(components.schemas, {
      get: (target, name, receiver) => {
        if (name === "A" || name === "B") looked.push(name);
        return Reflect.get(target, name, receiver);
      },
    });
    const spec = description(
      { "/x": { get: { ...operation("read"), requestBody: undefined } } },
      { components: { schemas: spying } },
    );
    const { descriptors } = await make({ spec }).describe();
    looked.length = 0;
    expect(Object.keys(descriptors)).toContain("read");
    expect(looked).toEqual([]);
    expect(descriptors.read?.outputSchema).toBe(descriptors.read?.outputSchema);
    expect(Object.keys(descriptors.read?.outputSchema?.$defs ?? {})).toEqual(["A", "B"]);
  });

  test("have names that do not depend on which was looked at first", async () => {
    const pointing = (operationId: string, to: string) => ({
      operationId,
      responses: { 200: { description: "", content: { "application/json": { schema: { items: { $ref: to } } } } } },
    });
    const of = async (order: readonly string[]) => {
      const inline = { content: { "application/json": { schema: { type: "string", enum: ["in a place"] } } } };
      const spec = description(
        {
          "/a": { get: pointing("one", "#/components/responses/a%20b/content/application~1json/schema") },
          "/b": { get: pointing("two", "#/components/responses/a-b/content/application~1json/schema") },
        },
        { components: { responses: { "a b": inline, "a-b": inline } } },
      );
      const { descriptors } = await make({ spec }).describe();
      return Object.fromEntries(order.map((name) => [name, JSON.stringify(descriptors[name]?.outputSchema)]));
    };
    expect(await of(["one", "two"])).toEqual(await of(["two", "one"]));
  });
});
