/** What bounds a run in the iframe sandbox, and which globals its programs may have: the page's side, without a page. */
import { describe, expect, it } from "vitest";
import { CallGate } from "../../../src/browser/bounds.ts";
import { hostNamespaces } from "../../../src/browser/namespaces.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";

const execute = async () => "done";

describe("the calls of a run", () => {
  it("are as many as a run may make, and not one more", () => {
    const gate = new CallGate();
    for (let n = 0; n < DEFAULT_LIMITS.maxCalls; n += 1) {
      gate.enter();
      gate.leave();
    }
    expect(gate.idle).toBe(true);
    expect(() => gate.enter()).toThrow(expect.objectContaining({ code: "TOO_MANY_CALLS" }));
  });

  it("are open as many at once as may be, and again when one has ended", () => {
    const gate = new CallGate();
    for (let n = 0; n < DEFAULT_LIMITS.maxCallsInFlight; n += 1) gate.enter();
    expect(() => gate.enter()).toThrow(expect.objectContaining({ code: "TOO_MANY_CALLS_IN_FLIGHT" }));
    expect(gate.idle).toBe(false);
    gate.leave();
    gate.leave();
    expect(() => gate.enter()).not.toThrow();
  });
});

describe("the globals of a program", () => {
  it.each([
    [
      "two functions that are called alike",
      [{ name: "shop", fns: { "get-item": execute, get_item: execute } }],
      "get_item",
    ],
    [
      "two globals of one name",
      [
        { name: "shop", fns: {} },
        { name: "shop", fns: {} },
      ],
      "shop",
    ],
    ["a name that strict code refuses as a parameter", [{ name: "eval", fns: {} }], "eval"],
    ["a name that is no identifier", [{ name: "my shop", fns: {} }], "my shop"],
  ] as const)("are refused for %s", (_title, providers, name) => {
    const refused = { code: "INVALID_NAME", message: expect.stringContaining(`"${name}"`) };
    expect(() => hostNamespaces([...providers])).toThrow(expect.objectContaining(refused));
  });

  it("are called by the names that they show, by those of the released package, and by no other", async () => {
    const shop = hostNamespaces([{ name: "shop", fns: { "get/item": execute } }]).get("shop");
    expect(shop?.methods).toEqual(["get_item"]);
    for (const name of ["get_item", "getitem", "get/item"]) expect(await shop?.call(name, [])).toBe("done");
    for (const name of ["constructor", "toString", "__proto__"])
      await expect(shop?.call(name, [])).rejects.toMatchObject({ code: "UNKNOWN_TOOL" });
  });

  it("keep a function's own name, whatever another one was called in the released package", async () => {
    const fns = { pullscreate: async () => "own", "pulls/create": async () => "other" };
    const shop = hostNamespaces([{ name: "shop", fns }]).get("shop");
    expect(await shop?.call("pullscreate", [])).toBe("own");
  });

  it("say of a name that is none which are near, and else some of those that there are", async () => {
    const names = Array.from({ length: 25 }, (_, n) => `order${String(n).padStart(2, "0")}`);
    const fns = Object.fromEntries([...names, "refund"].map((name) => [name, execute]));
    const shop = hostNamespaces([{ name: "shop", fns }]).get("shop");
    await expect(shop?.call("refnd", [])).rejects.toMatchObject({
      message: 'shop has no function "refnd". Did you mean refund?',
      data: { near: ["refund"] },
    });
    await expect(shop?.call("zzzzzzzz", [])).rejects.toMatchObject({
      message: `shop has no function "zzzzzzzz". It has: ${names.slice(0, 20).join(", ")}.`,
    });
  });
});
