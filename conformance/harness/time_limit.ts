/** How many times longer than usual everything may take: TIME_FACTOR, for a slow machine. */
export const timeFactor = Number(process.env.TIME_FACTOR) || 1;

/**
 * Wait for something, but not for ever.
 *
 * @param timeout milliseconds, times the time factor
 * @throws Error when they have passed
 */
export async function withinTime(body: Promise<void>, timeout: number): Promise<void> {
  const limit = timeout * timeFactor;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the test exceeded its ${limit} ms`)), limit);
  });
  try {
    await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
  }
}
