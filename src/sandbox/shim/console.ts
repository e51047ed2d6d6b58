/** The program's console: kept, readable and bounded. */
import { CONSOLE_FULL, type ConsoleLine } from "../../wire/messages.ts";

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;

const { getOwnPropertyDescriptor, keys, prototype } = Object;
const { toString: kindOf } = prototype;

/** How many parts one line may still look at. Each is a character at least: what is beyond them would be cut. */
interface Look {
  left: number;
}

/** How `inspect` shows the kinds of object that `{...}` would show as empty. */
function inspectObject(value: object, look: Look, depth: number, seen: readonly object[]): string {
  const inner = (item: unknown) => inspect(item, look, depth + 1, [...seen, value]);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (seen.includes(value)) return "[Circular]";
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? "[Array]" : "[Object]";
  if (Array.isArray(value)) return `[${listed(value.slice(0, MAX_ITEMS).map(inner), value.length)}]`;
  if (value instanceof Map)
    return `Map(${value.size}) {${listed(
      [...value].slice(0, MAX_ITEMS).map(([k, v]) => `${inner(k)} => ${inner(v)}`),
      value.size,
    )}}`;
  if (value instanceof Set)
    return `Set(${value.size}) {${listed([...value].slice(0, MAX_ITEMS).map(inner), value.size)}}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`;
  const names = keys(value);
  const entries = names.slice(0, MAX_ITEMS).map((key) => {
    const descriptor = getOwnPropertyDescriptor(value, key);
    return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${descriptor && "value" in descriptor ? inner(descriptor.value) : "[Getter]"}`;
  });
  if (entries.length > 0) return `{ ${listed(entries, names.length)} }`;
  // A promise that nobody awaited must not read as an empty object, nor what else keeps all that it holds to itself.
  const tag = kindOf.call(value);
  return tag === "[object Object]" ? "{}" : tag;
}

function listed(parts: readonly string[], total: number): string {
  const shown = parts.join(", ");
  return total > MAX_ITEMS ? `${shown}, ... ${total - MAX_ITEMS} more` : shown;
}

/** What a hostile getter or proxy does not let be looked at is no error: it is shown by its name, as a connector is. */
function inspect(value: unknown, look: Look, depth = 0, seen: readonly object[] = []): string {
  look.left -= 1;
  if (look.left < 0) return "...";
  try {
    return inspectAny(value, look, depth, seen);
  } catch {
    return nameOf(value);
  }
}

function inspectAny(value: unknown, look: Look, depth: number, seen: readonly object[]): string {
  switch (typeof value) {
    case "string":
      return depth === 0 ? value : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[Function ${value.name || "anonymous"}]`;
    case "object":
      return value === null ? "null" : inspectObject(value, look, depth, seen);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function nameOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "[unreadable]";
  }
}

/** What the host takes out of the console with each turn. */
export interface ConsoleBuffer {
  take(): ConsoleLine[];
  /** An error that no code of the program can catch, with the words before it: one that a timer's callback threw. */
  report(...said: unknown[]): void;
}

/** @param onLine the program printed: who waits for the host must tell it, for a program may print last and never end. */
export function installConsole(
  limits: { readonly maxConsoleChars: number; readonly maxConsoleLineChars: number },
  define: (name: string, value: unknown) => void,
  onLine: () => void,
): ConsoleBuffer {
  let lines: ConsoleLine[] = [];
  let left = limits.maxConsoleChars;
  const write = (level: ConsoleLine["level"], args: readonly unknown[]) => {
    if (left <= 0) return;
    const look = { left: limits.maxConsoleLineChars };
    let text = args.map((arg) => inspect(arg, look)).join(" ");
    if (text.length > limits.maxConsoleLineChars) text = `${text.slice(0, limits.maxConsoleLineChars)}... (line cut)`;
    left -= text.length + 1;
    lines.push(left > 0 ? { level, text } : { level: "warn", text: CONSOLE_FULL });
    onLine();
  };
  const at =
    (level: ConsoleLine["level"]) =>
    (...args: unknown[]) =>
      write(level, args);
  const counts: Record<string, number> = Object.create(null);
  define("console", {
    log: at("log"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    debug: at("debug"),
    trace: at("debug"),
    dir: at("log"),
    table: at("log"),
    group: at("log"),
    groupCollapsed: at("log"),
    groupEnd: () => {},
    time: () => {},
    timeLog: () => {},
    timeEnd: () => {},
    count: (label: unknown = "default") => {
      const name = String(label);
      counts[name] = (counts[name] ?? 0) + 1;
      write("log", [`${name}: ${counts[name]}`]);
    },
    assert: (condition: unknown, ...args: unknown[]) => {
      if (!condition) write("error", ["Assertion failed:", ...args]);
    },
  });
  return {
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
    report: (...said) => write("error", said),
  };
}
