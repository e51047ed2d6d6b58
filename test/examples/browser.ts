/** Programs in the visitor's own browser: a cart's tools behind one code tool, in a sandbox without network or DOM. */
import { createBrowserCodeTool, IframeSandboxExecutor } from "durable-codemode/browser";

const cart: { article: string; pieces: number }[] = [];

/** For `navigator.modelContext.registerTool(cartTool)`, or any framework that takes a tool with JSON Schema. */
export const cartTool = createBrowserCodeTool({
  tools: {
    addToCart: {
      description: "Put pieces of an article into the cart",
      inputSchema: {
        type: "object",
        properties: { article: { type: "string" }, pieces: { type: "integer", minimum: 1 } },
        required: ["article", "pieces"],
      },
      execute: async ({ article, pieces }) => cart.push({ article: String(article), pieces: Number(pieces) }),
    },
    showCart: { description: "What is in the cart", inputSchema: { type: "object" }, execute: async () => cart },
  },
  executor: new IframeSandboxExecutor({ timeout: 10_000 }),
});

Object.assign(globalThis, { cartTool });
