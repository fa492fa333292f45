import { libseccompVersion, resolveArchitecture } from "../libc/libseccomp.ts";
import { trySystemCall } from "../libc/system_call.ts";
import { SECCOMP_SET_MODE_FILTER } from "../program/constants.ts";
import { EFAULT } from "../program/errno.ts";
import type { Features, SeccompFlag } from "../spec/types.ts";
import {
  architectureName,
  flagBits,
  listenerFlags,
  SECCOMP_ACTIONS,
  SECCOMP_ARCHITECTURES,
  SECCOMP_FLAGS,
  SECCOMP_OPERATORS,
} from "./actions.ts";

/** What of seccomp is supported, and the version of libseccomp that does it. */
export interface SeccompSupport {
  readonly features: NonNullable<NonNullable<Features["linux"]>["seccomp"]>;
  /** As in `2.5.4`; undefined where there is no libseccomp, without which there are no filters. */
  readonly libseccomp: string | undefined;
}

/**
 * What this machine's libseccomp and kernel support.
 *
 * @see features-linux.md, "Seccomp"
 */
export function seccompSupport(): SeccompSupport {
  const libseccomp = libseccompVersion();
  if (libseccomp === undefined) return { features: { enabled: false }, libseccomp };
  return {
    features: {
      enabled: true,
      actions: SECCOMP_ACTIONS,
      operators: SECCOMP_OPERATORS,
      archs: SECCOMP_ARCHITECTURES.filter((name) => resolveArchitecture(architectureName(name)) !== 0),
      knownFlags: SECCOMP_FLAGS,
      supportedFlags: SECCOMP_FLAGS.filter(kernelHasFlag),
    },
    libseccomp,
  };
}

/** A filter that is nowhere is a fault for a kernel that knows the flag, and EINVAL for one that does not. */
function kernelHasFlag(flag: SeccompFlag): boolean {
  const flags = flagBits([flag]);
  return [flags, listenerFlags(flags)].some(
    (it) => trySystemCall("seccomp", SECCOMP_SET_MODE_FILTER, it, 0) === -EFAULT,
  );
}
