import { describe, expect, it } from "vitest";
import { buildIndex } from "../../src/catalog/build.ts";
import { search } from "../../src/catalog/catalog.ts";
import { splitWords } from "../../src/catalog/words.ts";
import { defineConnector } from "../../src/connector/define.ts";
import type { ConnectorDescription } from "../../src/connector/types.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";
import { catalogOf } from "./catalog-of.ts";

const text = (...names: string[]) => ({
  type: "object" as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
});

const github: ConnectorDescription = {
  name: "github",
  descriptors: {
    issues_create: { description: "Create an issue", inputSchema: text("owner", "repo", "title") },
    issues_list: { description: "List issues", inputSchema: text("owner", "repo") },
    issues_delete: { description: "Delete an issue", inputSchema: text("owner", "repo", "number") },
    pulls_create: { description: "Create a pull request", inputSchema: text("owner", "repo", "head") },
  },
  annotations: { issues_list: { readOnly: true }, issues_delete: { requiresApproval: true } },
};

const mail: ConnectorDescription = {
  name: "mail",
  descriptors: {
    sendMessage: { description: "Send a message", inputSchema: text("recipientAddress", "body") },
    listMessages: { description: "List messages", inputSchema: text("folder") },
  },
};

const snippets = [
  {
    name: "weekly-report",
    description: "Summarise closed issues of the week and mail them",
    inputSchema: text("team"),
  },
];

const catalog = catalogOf({ connectors: [github, mail], snippets });
const paths = (query: string, options = {}) => catalog.search(query, options).results.map(({ path }) => path);

describe("search finds", () => {
  it.each([
    ["issues_create", "github.issues_create"],
    ["github.issues_create", "github.issues_create"],
    ["sendMessage", "mail.sendMessage"],
    ["send messages", "mail.sendMessage"],
    ["remove an issue", "github.issues_delete"],
    ["get rid of an issue", "github.issues_delete"],
    ["open a new issue", "github.issues_create"],
    ["show all issues", "github.issues_list"],
    ["issues", "github.issues_list"],
    ["open a PR", "github.pulls_create"],
    ["reciepient address", "mail.sendMessage"],
    ["summar", "weekly-report"],
    ["report of the week", "weekly-report"],
  ])("for %j first %s", (query, path) => {
    expect(paths(query)[0]).toBe(path);
  });

  it("nothing for words that nothing contains", () => {
    expect(catalog.search("xylophone zeppelin")).toEqual({ results: [], total: 0, truncated: false });
  });

  it("only methods of one connector where asked", () => {
    expect(paths("list", { connector: "mail" })).toEqual(["mail.listMessages"]);
    expect(paths("", { connector: "snippet" })).toEqual(["weekly-report"]);
  });
});

describe("a name that was asked for exactly", () => {
  const aliased = { ...github, aliases: { pullscreate: "pulls_create", list: "issues_list" } };
  const first = (query: string, options = {}) =>
    search({ connectors: [aliased, mail], snippets }, query, options).results[0]?.path;

  it.each([
    ["pullscreate", "github.pulls_create"],
    ["github.pullscreate", "github.pulls_create"],
    ["  list ", "github.issues_list"],
    ["mail.listMessages", "mail.listMessages"],
    ["weekly-report", "weekly-report"],
  ])("comes first, an alias as the method that it names: %s", (query, path) => {
    expect(first(query)).toBe(path);
  });

  it("is listed once, and not where another connector is asked", () => {
    const { results } = search({ connectors: [aliased, mail] }, "issues_create");
    expect(results.filter(({ path }) => path === "github.issues_create")).toHaveLength(1);
    expect(first("pullscreate", { connector: "mail" })).not.toBe("github.pulls_create");
  });
});

describe("a result", () => {
  it("says all that is needed to call", () => {
    expect(catalog.search("delete an issue").results[0]).toEqual({
      path: "github.issues_delete",
      connector: "github",
      method: "issues_delete",
      description: "Delete an issue",
      requiresApproval: true,
      kind: "method",
      score: expect.any(Number),
      signature: "github.issues_delete(input: { owner?: string; repo?: string; number?: string }): Promise<unknown>",
    });
    expect(catalog.search("weekly-report").results[0]).toMatchObject({
      kind: "snippet",
      connector: "snippet",
      signature: 'codemode.run("weekly-report", input: { team?: string }): Promise<unknown>',
    });
  });
});

describe("an empty query", () => {
  const all = ["github.issues_create", "github.issues_delete", "github.issues_list", "github.pulls_create"];
  const rest = ["mail.listMessages", "mail.sendMessage", "weekly-report"];

  it("lists everything by path", () => {
    expect(paths("")).toEqual([...all, ...rest]);
    expect(paths("  ")).toEqual([...all, ...rest]);
  });

  it("pages without gaps or repeats, and says where the end is", () => {
    const first = catalog.search("", { limit: 4 });
    const second = catalog.search("", { limit: 4, offset: 4 });
    expect([...first.results, ...second.results].map(({ path }) => path)).toEqual([...all, ...rest]);
    expect([first.total, first.truncated, second.total, second.truncated]).toEqual([7, true, 7, false]);
    expect(catalog.search("", { offset: 100 }).results).toEqual([]);
  });
});

describe("bad input", () => {
  it.each([
    [undefined, {}, "INVALID_INPUT"],
    [7, {}, "INVALID_INPUT"],
    ["x", "all", "INVALID_INPUT"],
    ["x", { limit: -1 }, "INVALID_INPUT"],
    ["x", { limit: 0 }, "INVALID_INPUT"],
    ["x", { limit: 1.5 }, "INVALID_INPUT"],
    ["x", { limit: Number.NaN }, "INVALID_INPUT"],
    ["x", { offset: -1 }, "INVALID_INPUT"],
    ["x", { offset: "1" }, "INVALID_INPUT"],
    ["x", { connector: "githubb" }, "UNKNOWN_TARGET"],
    ["x", { connector: 3 }, "INVALID_INPUT"],
    ["x", { limits: 3 }, "INVALID_INPUT"],
  ])("%j with %j is %s", (query, options, code) => {
    expect(() => search({ connectors: [github] }, query, options)).toThrow(expect.objectContaining({ code }));
  });

  it("names the connector that was meant", () => {
    expect(() => catalog.search("x", { connector: "githubb" })).toThrow(/github/);
  });

  it.each(["", "   ", "***", "的", "__proto__", "constructor", "a".repeat(100_000), "~remove", "the of and"])(
    "is none: %.20j",
    (query) => {
      expect(catalog.search(query).total).toBeGreaterThanOrEqual(0);
    },
  );
});

describe("the index", () => {
  const many: ConnectorDescription = {
    name: "big",
    descriptors: Object.fromEntries(
      Array.from({ length: 2_500 }, (_, n) => [
        `things_${n % 50}_update_part_${n}`,
        {
          description: `Update part ${n} of thing ${n % 50}. ${"It changes what the part is. ".repeat(8)}`,
          inputSchema: text("thing", "part", `field${n}`),
        },
      ]),
    ),
  };

  it("keeps an answer within its budget however many methods there are, and shows the best in full", () => {
    const { results, total } = search({ connectors: [many] }, "update a part", { limit: 50 });
    expect(total).toBe(2_500);
    expect(results).toHaveLength(50);
    expect(results[0]?.signature).toBeDefined();
    expect(results.at(-1)?.signature).toBeUndefined();
    expect(JSON.stringify(results).length).toBeLessThanOrEqual(8_001);
  });

  it("fills a page to its limit, so that a program may go on by adding the limit", () => {
    const seen: string[] = [];
    for (let offset = 0, more = true; more; offset += 100) {
      const { results, truncated } = search({ connectors: [many] }, "", { limit: 100, offset });
      expect(JSON.stringify(results).length).toBeLessThanOrEqual(16_000);
      seen.push(...results.map(({ path }) => path));
      more = truncated;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toHaveLength(2_500);
  });

  it("has a hundred results at most, however many were asked for", () => {
    expect(search({ connectors: [many] }, "", { limit: 1_000 })).toMatchObject({
      truncated: true,
      results: { length: 100 },
    });
  });

  it("shows a result whose name alone is over the budget, so that there is a way past it", () => {
    const endless = {
      name: "endless",
      descriptors: { ["a".repeat(20_000)]: { inputSchema: {} }, b: { inputSchema: {} } },
    };
    expect(search({ connectors: [endless] }, "")).toMatchObject({ total: 2, truncated: true, results: { length: 1 } });
  });

  it("answers the same whatever was asked before", () => {
    const questions = ["part", "zebra", "update parts of thing 7", "what does it change", "updat"];
    const asked = (sources: readonly ConnectorDescription[], query: string) => search({ connectors: sources }, query);
    const backwards = [structuredClone(many)];
    const answers = questions.map((query) => asked([many], query));
    expect(
      questions
        .toReversed()
        .map((query) => asked(backwards, query))
        .toReversed(),
    ).toEqual(answers);
  });

  it("is built once for the same descriptions, also when snippets come as fresh copies", () => {
    const index = buildIndex({ connectors: [github, mail], snippets });
    expect(buildIndex({ connectors: [github, mail], snippets: structuredClone(snippets) })).toBe(index);
    expect(buildIndex({ connectors: [github, mail] })).not.toBe(index);
    // Made anew from the same parts, as for each request; and made of other parts.
    expect(buildIndex({ connectors: [{ ...github }, mail], snippets })).toBe(index);
    const aliased = { ...github, aliases: { pullscreate: "pulls_create" } };
    expect(buildIndex({ connectors: [aliased, mail], snippets })).not.toBe(index);
    const asking = { ...github, annotations: { ...github.annotations, issues_create: { requiresApproval: true } } };
    expect(buildIndex({ connectors: [asking, mail], snippets })).not.toBe(index);
    const renamed = { ...github, descriptors: { ...github.descriptors, another: { inputSchema: {} } } };
    expect(buildIndex({ connectors: [renamed, mail], snippets })).not.toBe(index);
  });

  it("is kept for the last few sets of snippets, and built again for one that was long ago", () => {
    const sources = (name: string) => ({ connectors: [github], snippets: [{ name, description: "" }] });
    const first = buildIndex(sources("first"));
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) buildIndex(sources(name));
    expect(buildIndex(sources("first"))).toBe(first);
    buildIndex(sources("h"));
    expect(buildIndex(sources("first"))).not.toBe(first);
  });

  it("answers the same from another index of the same content, whatever the order of its sources", () => {
    const again = catalogOf({ connectors: [structuredClone(mail), structuredClone(github)], snippets });
    for (const query of ["", "issue", "send a mail", "create", "lisst mesages"]) {
      expect(again.search(query)).toEqual(catalog.search(query));
    }
  });

  it("orders what is equally good by path", () => {
    const twins = { name: "twins", descriptors: { y_copy: { inputSchema: {} }, x_copy: { inputSchema: {} } } };
    const found = search({ connectors: [twins] }, "copy").results;
    expect(found.map(({ path }) => path)).toEqual(["twins.x_copy", "twins.y_copy"]);
    expect(found[0]?.score).toBe(found[1]?.score);
  });
});

describe("words of other scripts", () => {
  const tool = (description: string) => ({ description, inputSchema: {} });
  const catalog = catalogOf({
    connectors: [
      {
        name: "shop",
        descriptors: {
          获取用户: tool("按编号获取用户信息"),
          delete_order: tool("注文を削除する"),
          データ: tool("ダウンロード"),
          Kündigung: tool("Vertrag kündigen"),
          a: tool("हिन्दी में खोजें"),
          b: tool("사용자를 삭제합니다"),
          c: tool("Удалить заказ"),
        },
      },
    ],
  });
  const first = (query: string) => catalog.search(query).results[0]?.method;

  it.each([
    ["获取", "获取用户"],
    ["用户信息", "获取用户"],
    ["削除", "delete_order"],
    ["注文の削除", "delete_order"],
    ["データ", "データ"],
    ["ダウンロード", "データ"],
    ["kuendigung kündigen", "Kündigung"],
    ["खोजें", "a"],
    ["삭제합니다", "b"],
    ["удалить", "c"],
  ])("%s finds %s", (query, method) => {
    expect(first(query)).toBe(method);
  });

  it("is a word of its own with marks and all: another vowel is another word", () => {
    expect(splitWords("हिन्दी データ 한국어 Ünïcode 用")).toEqual(["हिन्दी", "デー", "ータ", "한국어", "unicode", "用"]);
  });
});

describe("what a program looks up", () => {
  const named = (name: string) =>
    new (defineConnector({ name, tools: { send: { description: "Send a letter", execute: () => 1 } } }))(
      {} as unknown as ExecutionContext,
      {},
    );
  const host = new HostCapabilities([named("mail"), named("post")], { execute: async () => ({ result: undefined }) });
  const consult = async (method: string, args: readonly unknown[]) => {
    const { ok, value } = await host.consult(method, encodeValue(args, "The arguments"), {
      snippets: [],
      connectors: ["mail"],
    });
    return { ok, value: decodeValue(value) };
  };

  it("is among the connectors that its run began with", async () => {
    const found = { ok: true, value: { total: 1, results: [{ path: "mail.send" }] } };
    expect(await consult("search", ["send a letter"])).toMatchObject(found);
    expect(await consult("describe", ["mail.send"])).toMatchObject({ ok: true, value: { path: "mail.send" } });
    expect(await consult("describe", ["post.send"])).toMatchObject({ ok: false, value: { code: "UNKNOWN_TARGET" } });
  });

  it("is refused to the program, and not to its run, where its options are none", async () => {
    const refused = { ok: false, value: { code: "INVALID_INPUT" } };
    expect(await consult("search", ["send", { limit: 0 }])).toMatchObject(refused);
    expect(await consult("describe", [5])).toMatchObject(refused);
  });
});
