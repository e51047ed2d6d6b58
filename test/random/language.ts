/**
 * A small language of programs: what models write, reduced to what can go wrong. Programs are generated as trees and
 * rendered as source text; each call has arguments of its own, so that an effect can be told from every other.
 *
 * Results never depend on which of two calls is faster: a fault may change that, and may not change the result.
 */
import fc from "../support/fast-check.ts";

/** Tools that a call can go to; `no` asks a person who will refuse, `fail` throws, `none` is no tool. */
const TOOLS = [
  "read.get",
  "read.big",
  "act.do",
  "act.put",
  "ask.do",
  "ask.put",
  "ask.no",
  "act.fail",
  "read.fail",
  "act.none",
  "read.none",
] as const;

/** Pieces of a program that have no others in them. `many`: more steps than a guest may keep to itself; `heavy`: longer ones. */
const PLAIN = ["chance", "timer", "snippet", "brief", "many", "heavy"] as const;

export type Program =
  | { readonly kind: "call"; readonly tool: (typeof TOOLS)[number] }
  | { readonly kind: (typeof PLAIN)[number] }
  | { readonly kind: "seq" | "all" | "settled" | "any"; readonly parts: readonly Program[] }
  | { readonly kind: "loop" | "later"; readonly times: number; readonly body: Program }
  | { readonly kind: "try" | "step" | "race" | "cleared" | "watched"; readonly body: Program };

/** Deep enough for a step in a loop in a race; small enough that a program has some ten calls. */
const MAX_DEPTH = 3;

const calls: fc.Arbitrary<Program> = fc.constantFrom(...TOOLS).map((tool) => ({ kind: "call", tool }));
const plain = (...kinds: (typeof PLAIN)[number][]): fc.Arbitrary<Program> =>
  fc.constantFrom(...kinds).map((kind) => ({ kind }));

/** Programs made of other programs. */
function compound(body: fc.Arbitrary<Program>): fc.Arbitrary<Program> {
  const several = fc.array(body, { minLength: 1, maxLength: 3 });
  const repeated = (kind: "loop" | "later", max: number) =>
    fc.tuple(fc.integer({ min: 1, max }), body).map(([times, inside]): Program => ({ kind, times, body: inside }));
  return fc.oneof(
    fc
      .tuple(fc.constantFrom("seq", "all", "settled", "any"), several)
      .map(([kind, parts]): Program => ({ kind, parts })),
    repeated("loop", 2),
    repeated("later", 16),
    fc
      .tuple(fc.constantFrom("try", "step", "step", "race", "cleared", "watched"), body)
      .map(([kind, inside]): Program => ({ kind, body: inside })),
  );
}

/** @param depth how many programs may stand in each other. */
function programsOf(depth: number): fc.Arbitrary<Program> {
  const single = fc.oneof(
    { weight: 40, arbitrary: calls },
    { weight: 10, arbitrary: plain("chance", "timer", "snippet", "brief", "brief") },
    { weight: 1, arbitrary: plain("many", "heavy") },
  );
  if (depth === 0) return single;
  return fc.oneof({ weight: 4, arbitrary: single }, { weight: 5, arbitrary: compound(programsOf(depth - 1)) });
}

export const programs: fc.Arbitrary<Program> = fc.record({
  kind: fc.constantFrom("seq", "all", "settled"),
  parts: fc.array(programsOf(MAX_DEPTH), { minLength: 2, maxLength: 4 }),
});

/** Snippets that programs run. */
export const SNIPPETS: Readonly<Record<string, string>> = {
  pair: "async ({ n, at }) => [await read.get({ n, at, in: 1 }), await act.do({ n, at, in: 2 })]",
};

interface Rendering {
  /** The next number of a call. */
  next: number;
  /** Variables of the loops around. */
  readonly loops: readonly string[];
}

const block = (body: string) => `(async () => { ${body} })()`;
const told = '(error) => "caught " + error.message';

function argsOf(state: Rendering, more = ""): string {
  state.next += 1;
  return `{ n: ${state.next}${state.loops.length > 0 ? `, at: [${state.loops.join(", ")}]` : ""}${more} }`;
}

function call(tool: (typeof TOOLS)[number], state: Rendering): string {
  return tool === "ask.no" ? `ask.do(${argsOf(state, ", no: true")})` : `${tool}(${argsOf(state)})`;
}

const OBSERVED = "[Math.random(), Date.now(), performance.now(), crypto.randomUUID()]";

/** What the program saw is kept in a step: a later pass that sees anything else answers false. */
function kept(state: Rendering, made: string): string {
  state.next += 1;
  return `(await codemode.step("kept ${state.next}", () => ${made})) === ${made}`;
}

function plainOf(kind: (typeof PLAIN)[number], state: Rendering): string {
  state.next += 1;
  const name = `${kind} ${state.next}`;
  switch (kind) {
    case "chance":
      return block(`const made = ${OBSERVED}.join(); return ${kept(state, "made")};`);
    case "timer":
      return 'new Promise((resolve) => setTimeout(resolve, 1, "rang"))';
    case "snippet":
      return `codemode.run("pair", ${argsOf(state)})`;
    case "brief":
      // What a step draws is its own: what is drawn after it is the same on a pass that does not run it again.
      return `codemode.step("${name}", () => (Math.random(), "${name}"))`;
    case "many":
      return block(`for (let k = 0; k < 300; k++) await codemode.step("${name}", () => k); return "${name}";`);
    case "heavy":
      return block(`const sizes = []; for (let k = 0; k < 4; k++)
        sizes.push((await codemode.step("${name}", () => "x".repeat(400_000 + k))).length); return sizes;`);
  }
}

/** An expression that is a promise of the program's result. */
function render(program: Program, state: Rendering): string {
  switch (program.kind) {
    case "call":
      return call(program.tool, state);
    case "seq":
      return block(
        `const out = []; ${program.parts.map((part) => `out.push(await ${render(part, state)});`).join(" ")} return out;`,
      );
    case "all":
      // What fails early waits for the others: how far they came by the program's end would be a matter of time.
      return block(
        `const parts = [${list(program.parts, state)}]; try { return await Promise.all(parts); }
        catch { await Promise.allSettled(parts); return "one failed"; }`,
      );
    case "settled":
      return `Promise.allSettled([${list(program.parts, state)}]).then((all) => all.map((one) => one.value ?? one.reason?.message))`;
    case "any":
      // One that may succeed among those that fail.
      return `Promise.any([act.fail(${argsOf(state)}), ${list(program.parts.slice(0, 1), state)}, read.fail(${argsOf(state)})]).catch(() => "none")`;
    case "loop": {
      const variable = `i${state.loops.length}`;
      const body = nested(program.body, { ...state, loops: [...state.loops, variable] }, state);
      return block(
        `const out = []; for (let ${variable} = 0; ${variable} < ${program.times}; ${variable}++) out.push(await ${body}); return out;`,
      );
    }
    case "later":
      return block(`for (let k = 0; k < ${program.times}; k++) await null; return ${render(program.body, state)};`);
    case "try":
      return `${render(program.body, state)}.catch(${told})`;
    case "step":
      state.next += 1;
      return `codemode.step("step ${state.next}", () => ${render(program.body, state)})`;
    case "race":
      return `Promise.race([${render(program.body, state)}, new Promise((resolve) => setTimeout(resolve, 60_000, "late"))])`;
    case "cleared":
      return block(
        `const timer = setTimeout(() => {}, 60_000); try { return await ${render(program.body, state)}; } finally { clearTimeout(timer); }`,
      );
    case "watched":
      return block(
        `const before = ${OBSERVED}; const value = await ${render(program.body, state)}.catch(${told});
        const made = [...before, ...${OBSERVED}].join(); return [value, ${kept(state, "made")}];`,
      );
    default:
      return plainOf(program.kind, state);
  }
}

const list = (parts: readonly Program[], state: Rendering): string =>
  parts.map((part) => render(part, state)).join(", ");

function nested(program: Program, within: Rendering, outer: Rendering): string {
  const text = render(program, within);
  outer.next = within.next;
  return text;
}

/** The source text. What the program throws is its result, so that every call of it is decided on and made. */
export function sourceOf(program: Program): string {
  return `async () => ${render(program, { next: 0, loops: [] })}.catch(${told})`;
}
