/** Waits for work, and no longer than the bound. */
export async function atMost(boundMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, boundMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
