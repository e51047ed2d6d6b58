/** One labelled question: a person's words, and the operations any of which answers them. */
export type Intent = readonly [words: string, operationIds: readonly string[]];
