/** The program's side of the iframe sandbox: runs in a Worker, speaks `messages.ts` over one port, evaluates the program. */
import { installConsole } from "../sandbox/shim/console.ts";
import { decodeValue, encodeValue, isFailure, toError } from "../wire/values.ts";
import type { WindowMessage } from "./dom.ts";
import { type GuestNamespace, type ToGuest, type ToPage, toGuestFailure } from "./messages.ts";

declare const self: {
  onmessage: ((event: WindowMessage) => void) | null;
  postMessage(message: unknown): void;
};

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A function of source text. The program arrives as text; the sandbox is what makes running it safe. */
function compile(parameters: readonly string[], body: string): (...args: unknown[]) => unknown {
  const made: unknown = Reflect.construct(Function, [...parameters, body]);
  return (...args) => (typeof made === "function" ? Reflect.apply(made, undefined, args) : undefined);
}

/** Names that JavaScript itself looks up on any object; a function there would change what `await` and JSON do. */
const NOT_METHODS: ReadonlySet<string> = new Set(["then", "toJSON"]);

const waiting = new Map<number, Waiting>();
let nextId = 0;

function namespaceObject({ name, methods }: GuestNamespace, send: (message: ToPage) => void): object {
  const methodFunction =
    (method: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const text = encodeValue(args, `The arguments of ${name}.${method}`);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        send({ type: "call", id, namespace: name, method, args: text });
      });
    };
  const known: Record<string, unknown> = Object.create(null);
  for (const method of methods) known[method] = methodFunction(method);
  return new Proxy(known, {
    get(target, key) {
      if (typeof key !== "string" || NOT_METHODS.has(key) || key in target) return Reflect.get(target, key);
      return methodFunction(key);
    },
  });
}

/** Printed at once, so that what a program printed before it hung is kept. */
function sendConsole(
  limits: { readonly maxConsoleChars: number; readonly maxConsoleLineChars: number },
  send: (message: ToPage) => void,
): void {
  const define = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  const buffer = installConsole(limits, define, () => send({ type: "console", lines: buffer.take() }));
}

async function run(
  { program, namespaces, ...limits }: Extract<ToGuest, { type: "run" }>,
  send: (message: ToPage) => void,
): Promise<void> {
  sendConsole(limits, send);
  send({ type: "started" });
  const names = namespaces.map(({ name }) => name);
  const objects = namespaces.map((namespace) => namespaceObject(namespace, send));
  try {
    for (const { prelude } of namespaces) if (prelude !== undefined) compile(names, prelude)(...objects);
    const main = compile(names, `"use strict"; return (${program}\n);`)(...objects);
    const result: unknown = typeof main === "function" ? await main() : main;
    send({ type: "done", ok: true, value: encodeValue(result, "The program's result") });
  } catch (thrown) {
    send({ type: "done", ok: false, failure: toGuestFailure(thrown) });
  }
}

function settle(message: Extract<ToGuest, { type: "settled" }>): void {
  const call = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.ok) call?.resolve(decodeValue(message.value));
  else call?.reject(isFailure(message.failure) ? toError(message.failure) : new Error("The call failed."));
}

function serve(port: MessagePort): void {
  const send = port.postMessage.bind(port);
  port.onmessage = ({ data }: { readonly data: ToGuest }) => {
    if (data.type === "run") void run(data, send);
    else settle(data);
  };
}

// A Worker that ends itself would look like a program that never answers.
Object.defineProperty(globalThis, "close", { value: undefined });

self.onmessage = ({ ports: [port] }) => {
  self.onmessage = null;
  if (port !== undefined) serve(port);
};
self.postMessage("ready");
