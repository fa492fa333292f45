import type { SeccompFilter } from "../compile/seccomp.ts";
import type { Config, Seccomp } from "../spec/types.ts";

/** The filter that the config asks for, if any, made by `build`. */
export async function seccompFilter(
  config: Config,
  build: (seccomp: Seccomp) => Promise<Buffer>,
): Promise<SeccompFilter | undefined> {
  const seccomp = config.linux?.seccomp;
  if (seccomp === undefined) return undefined;
  const { flagBits } = await import("../seccomp/actions.ts");
  return { instructions: await build(seccomp), flags: flagBits(seccomp.flags) };
}
