import type { CgroupJoin } from "../cgroup/join.ts";
import { ProgramBuilder } from "../program/builder.ts";
import { CLONE_NEWCGROUP, O_CLOEXEC, O_RDONLY, PR_SET_DUMPABLE, PR_SET_NAME } from "../program/constants.ts";
import { EACCES, EBUSY, ENOENT, EPERM } from "../program/errno.ts";
import { type Architecture, type Program, type Register, Step } from "../program/instruction.ts";
import type { Config } from "../spec/types.ts";
import { enterCgroups, type OpenCgroups, openCgroups } from "./cgroup.ts";
import { type ConsoleInput, makeConsole } from "./console.ts";
import { keepOnly } from "./descriptors.ts";
import { type ExecutionInput, prepareExecution } from "./execution.ts";
import { ListenerRelay } from "./listener_relay.ts";
import { confineOnExec, labelKeys } from "./lsm.ts";
import { type CloneInto, cloneSibling, enterProcess, Namespaces } from "./namespaces.ts";
import { ProcFd } from "./proc_fd.ts";
import { becomeNamespaceRoot, joinSessionKeyring, resetSignals, SELF, setRlimits } from "./process.ts";
import { RootFd } from "./root_fd.ts";
import { changeRootTo, openRoot } from "./rootfs.ts";
import { setAffinity } from "./scheduling.ts";

export interface ExecInput extends Omit<ExecutionInput, "inUserNamespace" | "linux" | "makeDirectory" | "relay"> {
  readonly architecture: Architecture;
  /** The container's id. */
  readonly id: string;
  /** The container's config: its namespaces and id mappings. */
  readonly config: Config;
  /** The root file system's absolute path on the host. */
  readonly rootfs: string;
  /** The container's first process, whose namespaces are joined, as a process descriptor. */
  readonly pidfd: number;
  /** Its id. */
  readonly pid: number;
  /** The cgroups that the process goes to. */
  readonly cgroupJoin: CgroupJoin;
  /** Whether a process outside of them asks to be put there. @see Step.Cgroup */
  readonly asksForCgroup: boolean;
  /** Whether this process is root outside of any user namespace, whom the kernel lets put processes into every cgroup. */
  readonly privileged: boolean;
  /** The descriptor of the report channel. */
  readonly report: number;
  readonly console: Omit<ConsoleInput, "bindConsole"> | undefined;
}

/**
 * Another process in a running container. All of its namespaces are joined by one call; until it is executed the
 * process cannot be traced from inside, and holds nothing of the host.
 *
 * @see setns(2) with a process descriptor (Linux 5.8); CVE-2016-9962, CVE-2024-21626
 */
export function compileExec(input: ExecInput): Program {
  const { config, process } = input;
  const p = new ProgramBuilder(input.architecture);
  const namespaces = new Namespaces(config.linux?.namespaces ?? []);
  const inUserNamespace = namespaces.has("user");
  const { initial, final } = process.execCPUAffinity ?? {};
  const used = [input.report, input.pidfd, ...(input.console === undefined ? [] : [input.console.socket])];

  p.at("default/process", () => {
    keepOnly(p, input.preservedDescriptors, used);
    resetSignals(p);
  });
  const open = openCgroups(p, input.cgroupJoin);
  const proc = ProcFd.open(p);
  const score = process.oomScoreAdj;
  if (score !== undefined) p.at("/process/oomScoreAdj", () => proc.write("self/oom_score_adj", String(score)));
  // From here on its files in /proc are root's, and an ordinary user can write none.
  p.at("default/process", () => p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]));
  if (inUserNamespace) setRlimits(p, process.rlimits ?? [], SELF);
  if (initial)
    p.at("/process/execCPUAffinity/initial", () => setAffinity(p, initial, "/process/execCPUAffinity/initial"));
  const relay = ListenerRelay.open(p, input.seccomp);
  const root = namespaces.has("mount") ? undefined : p.at("/root/path", () => openRoot(p, input.rootfs));
  p.at("/linux/namespaces", () => {
    // If the process descriptor can be joined afterwards, this was still the same process.
    const cgroupNamespace = namespaces.has("cgroup") ? openCgroupNamespace(p, proc, input.pid) : undefined;
    if (namespaces.joinFlags !== 0) enterProcess(p, input.pidfd, namespaces.joinFlags, input.privileged);
    const accompany = relay && ((child: Register) => relay.send(child));
    cloneSibling(p, 0, placesFor(p, open, input), () => {}, accompany);
    // Nobody moves into or out of what a cgroup namespace shows from the other side. @see cgroup-v2.rst, nsdelegate
    if (cgroupNamespace !== undefined) {
      p.call("setns", [cgroupNamespace, CLONE_NEWCGROUP]);
      p.close(cgroupNamespace);
    }
  });

  p.at("default/process", () => {
    if (inUserNamespace) becomeNamespaceRoot(p, config);
    p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
    p.call("prctl", [PR_SET_NAME, p.text("tsrun:exec"), 0, 0, 0]);
    p.call("setsid", []);
  });
  enterCgroups(p, open);
  confineOnExec(p, proc, process);
  labelKeys(p, proc, process);
  proc.close();
  if (root !== undefined) p.at("/root/path", () => changeRootTo(p, root));
  if (final) p.at("/process/execCPUAffinity/final", () => setAffinity(p, final, "/process/execCPUAffinity/final"));
  p.at("default/session keyring", () => joinSessionKeyring(p, input.id, inUserNamespace));
  const { console } = input;
  if (console !== undefined) {
    p.at("/process/terminal", () => {
      const inside = new RootFd(p, openRoot(p, "/"));
      makeConsole(p, inside, { ...console, bindConsole: false });
      p.close(inside.fd);
    });
  }
  const execute = p.at("/process", () =>
    prepareExecution(p, { ...input, relay, linux: config.linux ?? {}, inUserNamespace, makeDirectory: false }),
  );
  p.at("default/ready", () => p.waitForHost(Step.Ready));
  execute(() => {});
  return p.build();
}

function openCgroupNamespace(p: ProgramBuilder, proc: ProcFd, pid: number): Register {
  return p.open("openat", [proc.fd, p.text(`${pid}/ns/cgroup`), O_RDONLY | O_CLOEXEC, 0]);
}

/**
 * Where the process is born: in the container's cgroup; where the first process is, if that cgroup has become one for
 * other cgroups; outside of it, if its user may not move processes there from here, as from a login session. Then somebody
 * else may have to put it there, as long as it is still the user's own process.
 *
 * @see cgroup-v2.rst, "No Internal Process Constraint", "Delegation Containment"
 */
function placesFor(
  p: ProgramBuilder,
  { unified, instead }: OpenCgroups,
  { privileged, asksForCgroup }: Pick<ExecInput, "privileged" | "asksForCgroup">,
): CloneInto[] {
  const places: CloneInto[] = [{ cgroup: unified }];
  if (unified === undefined) return places;
  if (instead !== undefined) places.push({ cgroup: instead, after: [EBUSY] });
  if (!privileged) {
    const ask = (): void => p.waitForHost(Step.Cgroup);
    places.push({ cgroup: undefined, after: [EACCES, ENOENT, EPERM], ...(asksForCgroup && { first: ask }) });
  }
  return places;
}
