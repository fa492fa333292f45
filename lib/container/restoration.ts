import { applyResources } from "../cgroup/cgroup.ts";
import { delegateCgroup, managesOwnCgroup } from "../cgroup/delegation.ts";
import { type CgroupState, ownDirectories } from "../cgroup/state.ts";
import { compileLoopback, compileQueueOwner, type RootIds } from "../compile/restored_namespaces.ts";
import type { Notification } from "../criu/messages.ts";
import { debugLog } from "../debug_log.ts";
import { nextMessage } from "../executor/report.ts";
import { openChannel, playProgram } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { pidfdOpen, waitForExit } from "../libc/process.ts";
import { sendDescriptor } from "../libc/socket.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { F_SETFD } from "../program/constants.ts";
import { type Program, Report } from "../program/instruction.ts";
import { hasNamespace, makesNamespace } from "../spec/namespaces.ts";
import type { Config } from "../spec/types.ts";
import type { Console } from "./console.ts";
import { failureOfProgram } from "./failure_of_program.ts";
import { isPrivileged } from "./host_facts.ts";
import { processIdentity } from "./process_identity.ts";
import { type ContainerState, saveState } from "./state.ts";

const TERMINAL = "/process/terminal";

/** What is to be done while CRIU restores a container, at the places where it says how far it is. */
export class Restoration {
  readonly #root: string;
  readonly #config: Config;
  readonly #console: Console | undefined;
  #state: ContainerState;
  #isRestored = false;
  #sentTerminal = false;

  /** @param initial the state without a process */
  constructor(root: string, config: Config, initial: ContainerState, console: Console | undefined) {
    this.#root = root;
    this.#config = config;
    this.#state = initial;
    this.#console = console;
  }

  /** The state with what is known so far; in the end that of the restored container. */
  get state(): ContainerState {
    return this.#state;
  }

  /** The cgroups are there: whatever is in them from here on is the container's, as who deletes after a crash must know. */
  haveCgroup(cgroup: CgroupState): void {
    this.#state = { ...this.#state, cgroup };
    saveState(this.#root, this.#state);
    if (ownDirectories(cgroup).length > 0) applyResources(cgroup, this.#config.linux?.resources, isPrivileged());
  }

  /** @throws Failure, with which the restore ends */
  async heed({ script, pid = 0 }: Notification, descriptor: number | undefined): Promise<void> {
    debugLog("restore", () => `criu: ${script}`);
    if (script === "setup-namespaces") await this.#prepareNamespaces(pid);
    if (script === "post-restore") await this.#takeOver(pid);
    if (script === "orphan-pts-master" && descriptor !== undefined) this.#passTerminal(descriptor);
  }

  /** @throws Failure if CRIU has not restored what the config has */
  checkComplete(): void {
    if (!this.#isRestored) throw new Failure("criu did not tell which process it restored", { code: "criu.failed" });
    if (this.#console === undefined || this.#sentTerminal) return;
    throw new Failure(`${TERMINAL}: the process of the checkpoint has no terminal`, {
      code: "config.invalid",
      pointer: TERMINAL,
    });
  }

  /** The namespaces are there, and no process in them but the first, which waits. */
  async #prepareNamespaces(pid: number): Promise<void> {
    const startTime = processIdentity(pid)?.startTime ?? 0;
    this.#state = { ...this.#state, pid, startTime };
    // CRIU makes the network namespace anew, with its loopback device down.
    if (makesNamespace(this.#config, "network")) {
      await this.#enter(pid, (report, pidfd) => compileLoopback(ARCHITECTURE, report, pidfd));
    }
    if (this.#config.linux?.netDevices !== undefined) {
      (await import("./net_devices.ts")).moveNetDevices(this.#config, pid);
    }
    const { prestart = [], createRuntime = [] } = this.#config.hooks ?? {};
    if (prestart.length + createRuntime.length === 0) return;
    const { hookFiles, hookState, runHostHooks } = await import("./hooks.ts");
    const stdin = hookState(this.#state, "creating", pid);
    saveState(this.#root, this.#state);
    const files = hookFiles(this.#root, this.#state.id);
    runHostHooks("prestart", prestart, this.#state, stdin, files);
    runHostHooks("createRuntime", createRuntime, this.#state, stdin, files);
  }

  /** All processes are there, and go on once this is answered. */
  async #takeOver(pid: number): Promise<void> {
    const startTime = processIdentity(pid)?.startTime ?? 0;
    this.#state = { ...this.#state, pid, startTime };
    const rootIds = hasNamespace(this.#config, "user") ? await rootIdsOf(pid) : undefined;
    if (rootIds !== undefined && makesNamespace(this.#config, "ipc")) {
      await this.#enter(pid, (report, pidfd) => compileQueueOwner(ARCHITECTURE, report, pidfd, rootIds));
    }
    if (this.#config.linux?.intelRdt !== undefined) {
      const { findResctrl, joinResctrl } = await import("./resctrl.ts");
      this.#state = { ...this.#state, resctrl: joinResctrl(findResctrl(), this.#config, this.#state.id, pid) };
    }
    const { cgroup } = this.#state;
    if (managesOwnCgroup(this.#config, cgroup)) delegateCgroup(cgroup, this.#config, pid, isPrivileged());
    saveState(this.#root, this.#state);
    this.#isRestored = true;
  }

  /** Play a program that goes into a namespace of the restored process. */
  async #enter(pid: number, compile: (report: number, pidfd: number) => Program): Promise<void> {
    const pidfd = pidfdOpen(pid);
    systemCall("fcntl", pidfd, F_SETFD, 0);
    const channel = openChannel();
    const program = compile(channel.theirs, pidfd);
    const executor = playProgram(program, channel, undefined);
    closeSync(pidfd);
    try {
      const message = nextMessage(channel.ours);
      if (message?.kind === Report.Failed) {
        throw await failureOfProgram(program, this.#config, message);
      }
    } finally {
      closeSync(channel.ours);
      waitForExit(executor);
    }
  }

  #passTerminal(master: number): void {
    try {
      if (this.#console === undefined) {
        throw new Failure(`${TERMINAL}: the process of the checkpoint has a terminal, and that of the config none`, {
          code: "config.invalid",
          pointer: TERMINAL,
        });
      }
      sendDescriptor(this.#console.socket, Buffer.from("orphan-pts-master"), master);
      this.#sentTerminal = true;
    } finally {
      closeSync(master);
    }
  }
}

/** Who the root of a process's user namespace is outside; undefined if nobody is. */
async function rootIdsOf(pid: number): Promise<RootIds | undefined> {
  const { mappingsOf } = await import("./id_mappings.ts");
  const hostId = (kind: "uid" | "gid"): number | undefined =>
    mappingsOf(pid, kind).find(([containerId]) => containerId === 0)?.[1];
  const [uid, gid] = [hostId("uid"), hostId("gid")];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}
