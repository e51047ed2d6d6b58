import { describe, expect, it } from "vitest";
import { describe as describeIn } from "../../src/catalog/catalog.ts";
import type { ConnectorDescription } from "../../src/connector/types.ts";
import { catalogOf } from "./catalog-of.ts";

const github: ConnectorDescription = {
  name: "github",
  instructions: "Use owner and repo.",
  descriptors: {
    issues_create: {
      description: "Create an issue",
      inputSchema: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
      outputSchema: { type: "object", properties: { number: { type: "integer" } }, required: ["number"] },
      examples: ['await github.issues_create({ title: "Hi" })'],
    },
    issues_list: { description: "List issues", inputSchema: { type: "object" } },
  },
  annotations: { issues_create: { requiresApproval: true } },
};
const gitlab: ConnectorDescription = {
  name: "gitlab",
  descriptors: { issues_list: { inputSchema: {} }, wiki: { inputSchema: {} } },
};
const snippets = [
  {
    name: "weekly-report",
    description: "Mails a report",
    inputSchema: { type: "object", properties: { team: { type: "string" } } },
    connectors: ["github"],
  },
];
const catalog = catalogOf({ connectors: [github, gitlab], snippets });

describe("describe", () => {
  it("gives declarations, policy and examples of a method", () => {
    expect(catalog.describe("github.issues_create")).toEqual({
      path: "github.issues_create",
      kind: "method",
      description: "Create an issue",
      requiresApproval: true,
      examples: ['await github.issues_create({ title: "Hi" })'],
      types: [
        "type IssuesCreateInput = {",
        "  title: string;",
        "};",
        "type IssuesCreateOutput = {",
        "  number: number;",
        "};",
        "declare const github: {",
        "  /** Create an issue */",
        "  issues_create(input: IssuesCreateInput): Promise<IssuesCreateOutput>;",
        "};",
      ].join("\n"),
    });
  });

  it("shows nothing that cannot be seen: what a model reads is what a person reads", () => {
    const tags = String.fromCodePoint(...[..."pay"].map((letter) => 0xe0000 + (letter.codePointAt(0) ?? 0)));
    const hidden = `\u202eRead\u2066 it\u200b\ufeff${tags}\u001b[31m\u0000\n👩‍🚀`;
    const described = catalogOf({
      connectors: [
        {
          name: "shop",
          instructions: hidden,
          descriptors: {
            list: {
              description: hidden,
              inputSchema: { type: "object", properties: { a: { type: "string", description: hidden } } },
            },
          },
        },
      ],
    });
    const method = described.describe("shop.list");
    expect(method.description).toBe("Read it[31m\n👩‍🚀");
    expect(method.types).toContain("/** Read it[31m 👩‍🚀 */\n  a?: string;");
    expect(method.types).toContain("/** Read it[31m 👩‍🚀 */\n  list(");
    expect(described.describe("shop").description).toBe("Read it[31m\n👩‍🚀");
    expect(described.search("read").results[0]?.description).toBe("Read it[31m 👩‍🚀");
  });

  it("takes a bare method name where only one connector has it", () => {
    expect(catalog.describe("wiki").path).toBe("gitlab.wiki");
    expect(() => catalog.describe("issues_list")).toThrow(/github\.issues_list.*gitlab\.issues_list/);
  });

  it("declares how a snippet is run", () => {
    expect(catalog.describe("weekly-report")).toEqual({
      path: "weekly-report",
      kind: "snippet",
      description: "Mails a report",
      examples: ['await codemode.run("weekly-report", input)'],
      types: [
        "// Calls github.",
        "type WeeklyReportInput = {",
        "  team?: string;",
        "};",
        'declare const codemode: { run(name: "weekly-report", input: WeeklyReportInput): Promise<unknown> };',
      ].join("\n"),
    });
  });

  it("shows the source of a snippet, and of a long one its beginning", () => {
    const code = "async ({ team }) => github.issues_list({ team })";
    const [snippet] = snippets;
    const described = (source: string) =>
      describeIn(
        { connectors: [github], snippets: [{ ...snippet, name: "report", description: "", code: source }] },
        "report",
      );
    expect(described(code).code).toBe(code);
    const long = described(`${code}\n${"// more\n".repeat(10_000)}`).code ?? "";
    expect(long.startsWith(code)).toBe(true);
    expect(long).toMatch(/\/\/ … \d+ more characters$/);
    expect(long.length).toBeLessThan(8_100);
    expect(catalog.describe("weekly-report")).not.toHaveProperty("code");
  });

  it("takes another name of a method for the method", () => {
    const aliased = { ...github, aliases: { issuescreate: "issues_create", wiki: "issues_list", gone: "nothing" } };
    const both = catalogOf({ connectors: [aliased, gitlab] });
    expect(both.describe("github.issuescreate")).toEqual(catalog.describe("github.issues_create"));
    expect(both.describe("issuescreate").path).toBe("github.issues_create");
    // A bare name that two answer to is nobody's.
    expect(() => both.describe("wiki")).toThrow(expect.objectContaining({ code: "UNKNOWN_TARGET" }));
    expect(() => both.describe("github.gone")).toThrow(expect.objectContaining({ code: "UNKNOWN_TARGET" }));
  });

  it("says the same again, to each in an object of its own", () => {
    const first = catalog.describe("github.issues_create");
    first.types = "changed";
    expect(catalog.describe("github.issues_create").types).toContain("type IssuesCreateInput");
  });

  it("declares all methods of a small connector, with its instructions", () => {
    const described = catalog.describe("github");
    expect(described).toMatchObject({ path: "github", kind: "connector", description: "Use owner and repo." });
    expect(described.types).toContain("issues_create(input: IssuesCreateInput): Promise<IssuesCreateOutput>;");
    expect(described.types).toContain("issues_list(input: IssuesListInput): Promise<unknown>;");
  });

  it.each([
    [100, "// big.word0_method0: Does 0"],
    [1_200, "// big.word0… (60): word0_method0, word0_method20, word0_method40, …"],
    [40_000, "more groups"],
  ])("keeps the overview of a connector of %i methods within 4,000 tokens and says how to go on", (count, line) => {
    const groups = count > 10_000 ? count : 20;
    const descriptors = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `word${n % groups}_method${n}`,
        { description: `Does ${n}\n\nAt length.`, inputSchema: {} },
      ]),
    );
    const { types } = describeIn({ connectors: [{ name: "big", descriptors }] }, "big");
    expect(types.length).toBeLessThan(16_500);
    expect(types).toContain(`big has ${count} methods`);
    expect(types).toContain('codemode.search("what it does", { connector: "big" })');
    expect(types).toContain(line);
  });

  it("refuses what is not there, with near names", () => {
    for (const [target, near] of [
      ["github.issue_create", "github.issues_create"],
      ["gihub", "github"],
      ["weekly_report", ' Did you mean "weekly-report"? '],
    ]) {
      expect(() => describeIn({ connectors: [github], snippets }, target)).toThrow(
        expect.objectContaining({ code: "UNKNOWN_TARGET", message: expect.stringContaining(near ?? "") }),
      );
    }
    for (const target of ["constructor", "github.constructor", "github.__proto__", ""]) {
      expect(() => catalog.describe(target)).toThrow(expect.objectContaining({ code: "UNKNOWN_TARGET" }));
    }
    expect(() => describeIn({ connectors: [] }, 5)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});

describe("a server that says too much", () => {
  const endless = "word ".repeat(200_000);
  const loud: ConnectorDescription = {
    name: "loud",
    instructions: endless,
    descriptors: {
      talk: { description: endless, inputSchema: { type: "object" } },
      ask: { inputSchema: { type: "object", properties: { [endless]: { type: "string", enum: [endless] } } } },
      show: { inputSchema: { type: "object" }, examples: [endless, "loud.show({})"] },
    },
  };

  it.each(["loud", "loud.talk", "loud.ask", "loud.show"])("is cut short where %s is described", (target) => {
    const answer = describeIn({ connectors: [loud] }, target);
    expect(JSON.stringify(answer).length).toBeLessThan(80_000);
    expect(answer.types).toMatch(/loud|AskInput/);
  });

  it("is told how much is missing", () => {
    const { description } = describeIn({ connectors: [loud] }, "loud.talk");
    expect(description).toMatch(/^(word )+.*… [\d]+ more characters$/s);
    const { types } = describeIn({ connectors: [loud] }, "loud.ask");
    expect(types).toMatch(/… [\d]+ more characters$/);
  });

  it("whose texts are no texts is described without them", () => {
    const odd = {
      name: "odd",
      descriptors: { say: { description: 7, inputSchema: {} } },
    } as unknown as ConnectorDescription;
    expect(describeIn({ connectors: [odd] }, "odd.say")).not.toHaveProperty("description");
    expect(describeIn({ connectors: [odd] }, "odd").types).toContain("say");
  });
});
