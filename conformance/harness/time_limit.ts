/**
 * Wait for something, but not for ever.
 *
 * @param timeout milliseconds
 * @throws Error when they have passed
 */
export async function withinTime(body: Promise<void>, timeout: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the test exceeded its ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
  }
}
