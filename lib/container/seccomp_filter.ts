import type { SeccompFilter } from "../compile/seccomp.ts";
import type { Config, Seccomp } from "../spec/types.ts";

/** The filter that the config asks for, if any, made by `build`. */
export async function seccompFilter(
  config: Config,
  build: (seccomp: Seccomp) => Promise<Buffer>,
): Promise<SeccompFilter | undefined> {
  const seccomp = config.linux?.seccomp;
  if (seccomp === undefined) return undefined;
  const { flagBits, listenerFlags } = await import("../seccomp/actions.ts");
  const listens = (seccomp.syscalls ?? []).some(({ action }) => action === "SCMP_ACT_NOTIFY");
  const flags = flagBits(seccomp.flags);
  return { instructions: await build(seccomp), flags: listens ? listenerFlags(flags) : flags, listens };
}
