import { CAPABILITIES } from "../compile/capabilities.ts";
import { MOUNT_OPTIONS } from "../compile/mount_options.ts";
import { NAMESPACE_FLAG } from "../compile/namespaces.ts";
import { MEMORY_POLICY_FLAGS, MEMORY_POLICY_MODES } from "../compile/scheduling.ts";
import { seccompSupport } from "../seccomp/support.ts";
import type { Features, NamespaceType } from "../spec/types.ts";
import { COMMANDS } from "./commands.ts";
import { SPEC_VERSION, VERSION } from "./version.ts";

/** Whether systemd can be asked for the cgroup. */
const SYSTEMD = true;

const HOOKS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

/**
 * What of the specification is supported, from the tables that do it.
 *
 * @see features.md, features-linux.md
 */
export function supportedFeatures(): Features {
  const seccomp = seccompSupport();
  const checkpoints = "checkpoint" in COMMANDS;
  return {
    ociVersionMin: "1.0.0",
    ociVersionMax: SPEC_VERSION,
    hooks: HOOKS,
    mountOptions: Object.keys(MOUNT_OPTIONS).sort(),
    linux: {
      namespaces: (Object.keys(NAMESPACE_FLAG) as NamespaceType[]).sort(),
      capabilities: [...CAPABILITIES],
      cgroup: { v1: true, v2: true, systemd: SYSTEMD, systemdUser: SYSTEMD, rdma: true },
      seccomp: seccomp.features,
      apparmor: { enabled: true },
      selinux: { enabled: true },
      memoryPolicy: { modes: MEMORY_POLICY_MODES, flags: MEMORY_POLICY_FLAGS },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: {
      ...(seccomp.libseccomp !== undefined && { "io.github.seccomp.libseccomp.version": seccomp.libseccomp }),
      // The name under which engines look for it, in whatever runtime.
      "org.opencontainers.runc.checkpoint.enabled": String(checkpoints),
      "org.tsrun.version": VERSION,
    },
    potentiallyUnsafeConfigAnnotations: [
      ...(SYSTEMD ? ["org.systemd.property."] : []),
      ...(checkpoints ? ["org.criu.config"] : []),
    ],
  };
}
