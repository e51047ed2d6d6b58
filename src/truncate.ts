export function truncateResult(value: unknown): unknown { return value; }
