import { debugLog } from "../debug_log.ts";
import type { ContainerState } from "./state.ts";
import { containerDirectory } from "./state.ts";

/**
 * Run the poststop hooks of a container that is gone but for its directory. One that fails is told on standard error,
 * and does not keep the others from running.
 *
 * @see runtime.md, "Lifecycle", step 13
 */
export async function runPoststopHooks(root: string, state: ContainerState): Promise<void> {
  const { poststop = [] } = state.hooks;
  if (poststop.length === 0) return;
  const { hookState, runHostHooks } = await import("./hooks.ts");
  const stdin = hookState(state, "stopped", 0);
  for (const hook of poststop) {
    try {
      runHostHooks("poststop", [hook], state, stdin, containerDirectory(root, state.id));
    } catch (failure) {
      debugLog("hooks", () => String(failure));
      process.stderr.write(`tsrun: warning: ${(failure as Error).message}\n`);
    }
  }
}
