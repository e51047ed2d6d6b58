/** Waits for what should end by itself, and no longer than it is given: nothing of it may hold what is over. */

/** Resolves when the promise has settled, or when its time is up; what it settles with is not looked at. */
export async function withinGrace(graceMs: number, leaving: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([leaving, grace]).catch(() => {});
  clearTimeout(timer);
}
