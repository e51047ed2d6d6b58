/** What passes between the converter and its parts: where it is in a schema, and how a part asks for what is inside. */
import type { SchemaObject } from "./schema.ts";
import type { TypeStyle } from "./style.ts";
import type { TypeText } from "./text.ts";

/** Where in a schema the converter is. */
export interface Place {
  /** The document that local references point into. */
  readonly root: unknown;
  readonly indent: string;
  readonly nesting: number;
  readonly objectDepth: number;
  /** Schemas that lead here through unions and intersections only, outermost first. */
  readonly naked: readonly SchemaObject[];
  /** What a naked way back stands for: nothing more in a union, nothing less in an intersection. */
  readonly onLoop: TypeText;
  /** What to name a type after that has no name of its own. */
  readonly hint: string;
}

/** What objects and arrays need of the converter to write what is inside them. */
export interface Renderer {
  readonly style: TypeStyle;
  render(schema: unknown, place: Place): TypeText;
  comment(schema: unknown, root: unknown): string;
}
