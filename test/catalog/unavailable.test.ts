/** A connector that cannot be read is named, with the reason, and hurts no other. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorDescription, ConnectorTools } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { encodeValue } from "../../src/wire/values.ts";

class Mail extends CodemodeConnector {
  override name(): string {
    return "mail";
  }
  protected tools(): ConnectorTools {
    return { send: { description: "Send a message", requiresApproval: true, execute: () => "sent" } };
  }
}

/** A connector whose description is whatever a function makes of it. */
class Tracker extends CodemodeConnector {
  readonly #described: () => unknown;
  ran = 0;
  constructor(described: () => unknown) {
    super({} as unknown as ExecutionContext, {});
    this.#described = described;
  }
  override name(): string {
    return "tracker";
  }
  protected tools(): ConnectorTools {
    return {
      close: {
        execute: () => {
          this.ran += 1;
        },
      },
    };
  }
  override async describe(): Promise<ConnectorDescription> {
    return (await this.#described()) as ConnectorDescription;
  }
}

const down = () => {
  throw new CodemodeError("CONNECTION_LOST", "tracker: connecting was not sent: the MCP server cannot be reached.");
};

const host = (tracker: Tracker, ...others: CodemodeConnector[]) =>
  new HostCapabilities([...others, tracker], {} as unknown as ConstructorParameters<typeof HostCapabilities>[1]);
const mail = () => new Mail({} as unknown as ExecutionContext, {});
const besideMail = (described: () => unknown) => host(new Tracker(described), mail());
const noSnippets = async () => [];

describe("search with a connector that cannot be read", () => {
  it("finds what the others have, and says which is missing and why", async () => {
    const answer = await besideMail(down).search("send a message", {}, []);
    expect(answer.results.map(({ path }) => path)).toEqual(["mail.send"]);
    expect(answer.unavailable).toEqual([
      {
        connector: "tracker",
        code: "CONNECTION_LOST",
        message: "tracker: connecting was not sent: the MCP server cannot be reached.",
      },
    ]);
  });

  it("says nothing of it where everything could be read, or where another connector was asked", async () => {
    expect(
      await host(new Tracker(() => ({ name: "tracker", descriptors: {} })), mail()).search("", {}, []),
    ).not.toHaveProperty("unavailable");
    expect(await besideMail(down).search("", { connector: "mail" }, [])).not.toHaveProperty("unavailable");
  });

  it("fails with the connector's own error where nothing else could answer", async () => {
    const error = { code: "CONNECTION_LOST", message: expect.stringContaining("cannot be reached") };
    await expect(besideMail(down).search("close", { connector: "tracker" }, [])).rejects.toMatchObject(error);
    await expect(host(new Tracker(down)).search("close", {}, [])).rejects.toMatchObject(error);
  });

  it("answers with snippets where there are any", async () => {
    const snippets = [{ name: "report", description: "Weekly report", connectors: [] }];
    const answer = await host(new Tracker(down)).search("report", {}, snippets);
    expect(answer).toMatchObject({ results: [{ path: "report" }], unavailable: [{ connector: "tracker" }] });
  });

  it("finds it again as soon as it can be read", async () => {
    let isDown = true;
    const capabilities = besideMail(() =>
      isDown ? down() : { name: "tracker", descriptors: { close: { inputSchema: { type: "object" } } } },
    );
    await capabilities.search("", {}, []);
    isDown = false;
    const answer = await capabilities.search("", {}, []);
    expect(answer.results.map(({ path }) => path)).toEqual(["mail.send", "tracker.close"]);
    expect(answer).not.toHaveProperty("unavailable");
  });

  it.each([
    ["nothing", undefined],
    ["a text", "tracker"],
    ["no tools", { name: "tracker" }],
    ["a tool that is nothing", { name: "tracker", descriptors: { close: null } }],
    ["a tool that is a text", { name: "tracker", descriptors: { open: { inputSchema: {} }, close: "close" } }],
  ])("takes a description that is %s for none", async (_title, described) => {
    const answer = await besideMail(() => described).search("", {}, []);
    expect(answer.results.map(({ path }) => path)).toEqual(["mail.send"]);
    expect(answer.unavailable).toMatchObject([{ connector: "tracker", code: "INVALID_TOOL" }]);
  });

  it("lists a tool whose texts are no texts", async () => {
    const described = { name: "tracker", descriptors: { close: { description: 7, inputSchema: {} } } };
    const answer = await besideMail(() => described).search("close", {}, []);
    expect(answer.results.map(({ path }) => path)).toEqual(["tracker.close"]);
  });
});

describe("the reason that is given", () => {
  const reasonFor = async (error: unknown) => {
    const { unavailable } = await besideMail(() => {
      throw error;
    }).search("", {}, []);
    return unavailable?.[0]?.message ?? "";
  };

  it.each([
    [
      "an address with its user, path and query",
      "fetch of https://ada:hunter2@api.example.com:8443/mcp/s/0a1b2c?token=tok_123 failed",
      "fetch of https://api.example.com:8443/… failed",
    ],
    ["a header", "401: Authorization: Bearer abc.def rejected", "401: Authorization: … rejected"],
    ["a bearer token", "sent Bearer eyJhbGci.x.y and failed", "sent Bearer … and failed"],
    ["what is called a key", 'bad config {"apiKey":"abc123", password=hunter2}', 'bad config {"apiKey":…, password=…}'],
    ["a long token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a is not allowed", "… is not allowed"],
  ])("holds no secret: %s", async (_title, message, shown) => {
    expect(await reasonFor(new Error(message))).toBe(shown);
  });

  it("is one short line, whatever was thrown", async () => {
    expect((await reasonFor(new Error("word ".repeat(10_000)))).length).toBeLessThanOrEqual(300);
    expect(await reasonFor(new Error("one\n\u202Etwo"))).toBe("one two");
    expect(await reasonFor("a text")).toContain("a text");
    expect(await reasonFor(new Error(""))).not.toBe("");
  });
});

describe("describe with a connector that cannot be read", () => {
  it("describes the others", async () => {
    expect(await besideMail(down).describe("mail.send", noSnippets)).toMatchObject({ path: "mail.send" });
    expect(await besideMail(down).describe("send", noSnippets)).toMatchObject({ path: "mail.send" });
  });

  it.each(["tracker", "tracker.close"])("says of %s why it cannot be described", async (target) => {
    await expect(besideMail(down).describe(target, noSnippets)).rejects.toMatchObject({
      code: "CONNECTION_LOST",
      message: expect.stringContaining("cannot be reached"),
    });
  });

  it("names it where nothing else has the name", async () => {
    await expect(besideMail(down).describe("close", noSnippets)).rejects.toMatchObject({
      code: "UNKNOWN_TARGET",
      message: expect.stringContaining("tracker could not be read"),
    });
  });
});

describe("a connector that never answers", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is waited for 30 seconds, and the others are found then", async () => {
    const answer = besideMail(() => new Promise(() => {})).search("", {}, []);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await answer).toMatchObject({
      results: [{ path: "mail.send" }],
      unavailable: [{ connector: "tracker", code: "CONNECTION_LOST", message: expect.stringContaining("30 seconds") }],
    });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a call of a connector that cannot be read", () => {
  it("fails with its error, and nothing runs unasked", async () => {
    const tracker = new Tracker(down);
    const call = {
      executionId: "e1",
      seq: 0,
      attempt: 1,
      connector: "tracker",
      method: "close",
      args: encodeValue([{}], "args"),
    };
    expect(await host(tracker, mail()).assess([call, { ...call, connector: "mail", method: "send" }])).toMatchObject([
      { kind: "failed", code: "CONNECTION_LOST" },
      { kind: "valid", policy: { approval: true } },
    ]);
    expect(tracker.ran).toBe(0);
  });
});

describe("options of search", () => {
  const search = (options: unknown) => besideMail(down).search("send", options, []);

  it.each([
    [{ limits: 3 }, /"limits".*Did you mean limit\?.*limit, offset, connector/],
    [{ filter: "x", limit: 3 }, /"filter".*limit, offset, connector/],
    [["mail"], /must be an object/],
    ["mail", /must be an object/],
    [{ connector: 7 }, /connector must be a string/],
    [{ limit: "3" }, /limit must be a whole number/],
  ])("%j is refused in words", async (options, message) => {
    await expect(search(options)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(message),
    });
  });

  it("may be absent, or have members that are undefined", async () => {
    expect((await search(undefined)).results).toHaveLength(1);
    expect((await search({ limit: undefined, connector: undefined })).results).toHaveLength(1);
  });
});
