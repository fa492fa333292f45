import { restoreContainer } from "../../container/restore.ts";
import { resolve } from "../../libc/paths.ts";
import { CHECKPOINT_OPTIONS, checkpointSettings } from "../checkpoint_options.ts";
import { defineCommand } from "../command.ts";
import { BUNDLE_OPTION, CONTAINER_ID, CREATE_OPTIONS } from "../create_options.ts";
import { makeUserRoot } from "../root.ts";

export const command = defineCommand({
  summary: "bring a container back from the images of a checkpoint, by CRIU",
  description:
    "The bundle says what the container is: its root file system, its mounts, its cgroups and limits. The hooks prestart " +
    "and createRuntime run once its namespaces are there. If it cannot be restored, nothing is left of it. Without " +
    "--detach, tsrun waits for its end and deletes it, as with run.",
  arguments: [CONTAINER_ID],
  options: {
    ...CHECKPOINT_OPTIONS,
    ...BUNDLE_OPTION,
    "console-socket": CREATE_OPTIONS["console-socket"],
    "pid-file": CREATE_OPTIONS["pid-file"],
    detach: { kind: "flag", short: "d", summary: "do not wait for its end" },
    "no-subreaper": { kind: "flag", summary: "do not take up processes that the container's process leaves behind" },
    "no-pivot": { kind: "flag", summary: "says nothing here: it is CRIU that changes the root" },
    "lsm-profile": {
      kind: "string",
      value: "TYPE:NAME",
      summary: "confine the processes by this profile (apparmor:NAME, selinux:LABEL) instead of the one they had",
    },
    "lsm-mount-context": { kind: "string", value: "CONTEXT", summary: "the SELinux context of restored mounts" },
  },
  run: (values, [id], globals) => {
    const pidFile = values["pid-file"];
    const consoleSocket = values["console-socket"];
    if (!globals.rootGiven) makeUserRoot(globals.root);
    return restoreContainer({
      ...checkpointSettings(values),
      root: globals.root,
      id: id!,
      bundle: values.bundle || ".",
      cgroupDriver: globals.cgroupDriver,
      rootless: globals.rootless,
      detach: values.detach,
      pidFile: pidFile ? resolve(pidFile) : undefined,
      consoleSocket: consoleSocket ? resolve(consoleSocket) : undefined,
      noSubreaper: values["no-subreaper"],
      lsmProfile: values["lsm-profile"] || undefined,
      lsmMountContext: values["lsm-mount-context"] || undefined,
      globals: globals.words,
    });
  },
});
