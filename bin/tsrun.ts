import { main } from "../lib/cli/main.ts";

/** Said by what takes the start image alone: the launcher lets no caller say it. */
const directory = process.env.TSRUN_TAKE_IMAGE;

async function arrivedWords(directory: string): Promise<readonly string[]> {
  const { warmUp } = await import("../lib/cli/warm_up.ts");
  const { waitForCall } = await import("../lib/start_image/point.ts");
  return waitForCall(await warmUp(directory)).words;
}

process.exitCode = await main(directory === undefined ? process.argv.slice(2) : await arrivedWords(directory));
