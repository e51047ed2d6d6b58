/**
 * Tools as a list of thousands shows them. Who can tell them without describing each tells them, and is described when
 * somebody looks; the others are read from their description.
 */
import { type Outline, outlineOfSchema } from "./outline.ts";
import type { ConnectorDescription, JsonSchemaToolDescriptor, ToolAnnotations } from "./types.ts";

/** What a list needs of a tool. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  /** How the description begins: its first line at least. */
  readonly opening: string;
  readonly outline: Outline;
  readonly requiresApproval: boolean;
  /** Absent where the tool does not say. */
  readonly readOnly: boolean | undefined;
  readonly descriptor: JsonSchemaToolDescriptor;
}

/** A tool that is described already. */
class DescribedTool implements ListedTool {
  readonly name: string;
  readonly descriptor: JsonSchemaToolDescriptor;
  readonly #annotations: ToolAnnotations;

  constructor(name: string, descriptor: JsonSchemaToolDescriptor, annotations: ToolAnnotations = {}) {
    this.name = name;
    this.descriptor = descriptor;
    this.#annotations = annotations;
  }

  get description(): string {
    const { description }: { readonly description?: unknown } = this.descriptor;
    // An overridden `describe` may say anything.
    return typeof description === "string" ? description : "";
  }

  get opening(): string {
    return this.description;
  }

  get outline(): Outline {
    return outlineOfSchema(this.descriptor.inputSchema);
  }

  get requiresApproval(): boolean {
    return this.#annotations.requiresApproval === true;
  }

  get readOnly(): boolean | undefined {
    return this.#annotations.readOnly;
  }
}

/** Tools that tell themselves, by name, in order. */
export type Listing = ReadonlyMap<string, ListedTool & { readonly annotations: ToolAnnotations }>;

/** A connector of tools that tell themselves. */
interface ListedConnector {
  readonly name: string;
  readonly instructions: string | undefined;
  readonly listing: Listing;
  /** Alias to tool name. All are identifiers. */
  readonly aliases: () => ReadonlyMap<string, string>;
}

const told = new WeakMap<object, ListedConnector>();

/** A description whose schemas, policies and aliases are put together when somebody looks. */
export function describeListing(connector: ListedConnector): ConnectorDescription {
  const { name, instructions, listing, aliases } = connector;
  const description: ConnectorDescription = {
    name,
    ...(instructions !== undefined && { instructions }),
    descriptors: {},
  };
  defineLater(description, "descriptors", () =>
    Object.fromEntries([...listing].map(([method, { descriptor }]) => [method, descriptor])),
  );
  defineLater(description, "annotations", () => annotationsOf(listing));
  defineLater(description, "aliases", () => (aliases().size === 0 ? undefined : Object.fromEntries(aliases())));
  told.set(description, connector);
  return description;
}

/** A property that is made when somebody looks, and is plain data from then on. */
function defineLater(object: ConnectorDescription, key: keyof ConnectorDescription, make: () => unknown): void {
  const shape = { configurable: true, enumerable: true };
  const get = () => {
    const value = make();
    Object.defineProperty(object, key, { ...shape, value, writable: true });
    return value;
  };
  Object.defineProperty(object, key, { ...shape, get });
}

/** Policies of those that have any. */
export function annotationsOf(
  tools: ReadonlyMap<string, { readonly annotations: ToolAnnotations }>,
): Readonly<Record<string, ToolAnnotations>> {
  const found: [string, ToolAnnotations][] = [];
  for (const [method, { annotations }] of tools) {
    if (Object.keys(annotations).length > 0) found.push([method, annotations]);
  }
  return Object.fromEntries(found);
}

/** Whether a connector's tools are described when somebody looks: who only compares should not look. */
export function isListing(description: object): boolean {
  return told.has(description);
}

/** All tools of a connector. */
export function toolsOf(description: ConnectorDescription): readonly ListedTool[] {
  const known = told.get(description);
  if (known !== undefined) return [...known.listing.values()];
  const { descriptors, annotations = {} } = description;
  return Object.entries(descriptors).map(([name, tool]) => new DescribedTool(name, tool, annotations[name]));
}

/** What an alias of a listing may look like. */
const IDENTIFIER = /^[\w$]+$/;

/** One of them, by its own name or by another of its names. */
export function toolOf(description: ConnectorDescription, name: string): ListedTool | undefined {
  const known = told.get(description);
  if (known !== undefined) {
    const own = known.listing.get(name);
    // Most of what is searched for is a sentence, and names nothing.
    if (own !== undefined || !IDENTIFIER.test(name)) return own;
    return known.listing.get(known.aliases().get(name) ?? "");
  }
  const { descriptors, annotations = {}, aliases = {} } = description;
  const own = Object.hasOwn(descriptors, name) || !Object.hasOwn(aliases, name) ? name : (aliases[name] ?? name);
  const tool = Object.hasOwn(descriptors, own) ? descriptors[own] : undefined;
  return tool && new DescribedTool(own, tool, annotations[own]);
}
