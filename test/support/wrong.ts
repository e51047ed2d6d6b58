/** A value that the types do not allow at a place; what a caller without types may pass. */
export const wrong = (value: unknown): never => value as never;
