/** Descriptions that are not made of the tools: what they may have meant as a rule of approval does not run unasked. */
import { describe, expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { AdaptedConnector } from "../../src/connector/foreign.ts";

const ctx = {} as unknown as ExecutionContext;
const CALL = { executionId: "e1", seq: 0 };

/** A description whose annotation of `pay` is this, as a class of one's own and as a library's connector have it. */
function overriding(annotation: unknown): CodemodeConnector {
  class Describing extends CodemodeConnector {
    override name() {
      return "bank";
    }
    protected override tools() {
      return { pay: { execute: () => "paid" } };
    }
    override async describe() {
      return { ...(await super.describe()), annotations: { pay: annotation as never } };
    }
  }
  return new Describing(ctx, {});
}

function released(annotation: unknown): CodemodeConnector {
  return new AdaptedConnector(
    ctx,
    {},
    {
      name: () => "bank",
      describe: async () => ({
        name: "bank",
        descriptors: { pay: { inputSchema: { type: "object" } } },
        annotations: { pay: annotation as never },
      }),
      executeTool: async () => "paid",
    },
  );
}

const SLIPS = [
  [{ requiresApproval: "true" }, 'requiresApproval is true, false or a function of the arguments, not "true".'],
  [{ requiresApproval: 1 }, "requiresApproval is true, false or a function of the arguments, not number."],
  [{ requireApproval: true }, '"requireApproval" means nothing, and would be ignored. Write "requiresApproval".'],
] as const;

describe("a class that describes its tools itself", () => {
  test.each(SLIPS)("cannot be asked about a call where %j stands for a rule", async (annotation, says) => {
    await expect(overriding(annotation).assess("pay", {}, CALL)).rejects.toThrow(`bank.pay, in annotations: ${says}`);
  });

  test.each([[{ needsApproval: true }], [{ requiresApproval: () => false }]])(
    "asks where it says %j",
    async (annotation) => {
      expect(await overriding(annotation).assess("pay", {}, CALL)).toMatchObject({ policy: { approval: true } });
    },
  );

  test.each([[undefined], [{}], [{ requiresApproval: false }], [{ readOnly: true }]])(
    "asks nobody where it says %j",
    async (annotation) => {
      expect(await overriding(annotation).assess("pay", {}, CALL)).toMatchObject({ policy: { approval: false } });
    },
  );
});

describe("a connector of the released package", () => {
  test.each(SLIPS)("has no tool to call where %j stands for a rule", async (annotation, says) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const connector = released(annotation);
    await expect(connector.executeTool("pay", {})).rejects.toMatchObject({
      code: "INVALID_TOOL",
      message: expect.stringContaining(says.slice(0, -1)),
    });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test("asks where it says so, and nobody where it says nothing", async () => {
    for (const [annotation, approval] of [
      [{ requiresApproval: true }, true],
      [{ needsApproval: true }, true],
      [{}, false],
      [undefined, false],
    ] as const)
      expect(await released(annotation).assess("pay", {}, CALL)).toMatchObject({ policy: { approval } });
  });
});
