import { joinBelow } from "../cgroup/sub_cgroups.ts";
import { homeDirectory, needsHome } from "../compile/environment.ts";
import { compileExec } from "../compile/exec.ts";
import { compileMonitor, type HandedOver } from "../compile/monitor.ts";
import { userIds } from "../compile/process.ts";
import { debugLog } from "../debug_log.ts";
import { goOn, nextMessage } from "../executor/report.ts";
import { openChannel, playProgram } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { linkTarget, readFileSync } from "../libc/files.ts";
import { pidfdOpen, waitForExit } from "../libc/process.ts";
import { ARCHITECTURE, systemCall, trySystemCall } from "../libc/system_call.ts";
import { F_SETFD } from "../program/constants.ts";
import { type Program, Report, Step } from "../program/instruction.ts";
import type { Config, Process } from "../spec/types.ts";
import { closeConsole, openConsole } from "./console.ts";
import { closePreserved, inheritPreserved } from "./descriptors.ts";
import { engineCommand } from "./engine_command.ts";
import { failureOfProgram } from "./failure_of_program.ts";
import { boundingSet, isPrivileged, readInRoot } from "./host_facts.ts";
import type { ListenerMessages } from "./listener_messages.ts";
import { checkLsm } from "./lsm.ts";
import { type Monitor, startAndMonitor } from "./monitor.ts";
import { writePidFile } from "./pid_file.ts";
import { connectPidfdSocket } from "./pidfd_socket.ts";
import { isAlive, processIdentity } from "./process_identity.ts";
import { seccompFilter } from "./seccomp_filter.ts";
import { setgroupsOf } from "./setgroups.ts";
import { killAndWait } from "./signal.ts";
import { type ContainerState, configPath, loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

const KILL_TIMEOUT = 10_000;

export interface ExecRequest {
  readonly root: string;
  readonly id: string;
  /** The process to execute, made from the container's own. */
  readonly process: (configured: Process) => Process;
  readonly detach: boolean;
  readonly pidFile?: string;
  readonly consoleSocket?: string;
  /** A socket for a process descriptor. */
  readonly pidfdSocket?: string;
  readonly preserveFds: number;
  readonly ignorePaused: boolean;
  /** Cgroups below the container's to put the process into: `[controllers:]path`. */
  readonly cgroups: readonly string[];
  /** Words before the command when tsrun is called again for this process. */
  readonly globals: readonly string[];
}

/**
 * Execute another process in a container. Detached, it returns once the process is executed; otherwise this process
 * becomes its monitor, and ends with its exit status.
 *
 * @throws Failure
 */
export async function execInContainer(request: ExecRequest): Promise<number> {
  const state = loadState(request.root, request.id);
  checkStatus(request, state);
  const config = configOf(request.root, state);
  const process = request.process(config.process ?? { cwd: "/" });
  checkLsm(process);
  const preserved = inheritPreserved(request.preserveFds);
  const console = openConsole(process.terminal ?? false, request.consoleSocket, request.detach);
  const pidfdSocket = connectPidfdSocket(request.pidfdSocket);
  const pidfd = pidfdOf(state);
  systemCall("fcntl", pidfd, F_SETFD, 0);
  const channel = openChannel();
  try {
    const join = joinBelow(state.cgroup, request.cgroups, state.pid);
    const program = compileExec({
      architecture: ARCHITECTURE,
      id: request.id,
      config,
      rootfs: state.rootfs,
      process,
      pidfd,
      pid: state.pid,
      privileged: isPrivileged(),
      cgroupJoin: join,
      asksForCgroup: state.cgroup.systemd?.user ?? false,
      report: channel.theirs,
      console: console && { socket: console.socket, size: console.size ?? process.consoleSize },
      seccomp: await seccompFilter(config, async (profile) =>
        (await import("../seccomp/cache.ts")).cachedFilter(request.root, profile),
      ),
      home: homeInside(state, process),
      setgroups: setgroupsOf(state.pid),
      grantable: boundingSet(),
      preservedDescriptors: request.preserveFds,
    });
    debugLog("exec", () => `a program of ${program.instructions.length} instructions joins ${request.id}`);
    const executor = playProgram(program, channel, undefined);
    trySystemCall("close", pidfd);
    closeConsole(console);
    closePreserved(preserved);
    const putIntoCgroup = async (pid: number): Promise<void> => {
      (await import("../cgroup/systemd/driver.ts")).attachToUnit(state.cgroup, join, pid);
    };
    const pid = await waitUntilReady(program, config, state, channel.ours, executor, putIntoCgroup);
    debugLog("exec", () => `process ${pid} waits to execute ${process.args?.[0]}`);
    await enterGroups(config, state, pid);
    orKill(pid, () => {
      pidfdSocket?.send(pid, startTimeOf(pid), "setns");
      // For exec a pid file says that the process runs.
      if (request.pidFile !== undefined) writePidFile(request.pidFile, pid);
    });
    if (request.detach) {
      goOn(channel.ours);
      await hear(program, config, channel.ours);
      return 0;
    }
    const child = pidfdOpen(pid);
    const prepare = (handedOver: HandedOver): Monitor => ({
      program: compileMonitor({
        architecture: ARCHITECTURE,
        pid,
        pidfd: child,
        handedOver,
        terminal: console?.served,
        removal: [],
        fallback: engineCommand([]),
        startFailed: engineCommand([...request.globals, "exec-failed", "--", process.args?.[0] ?? ""]),
      }),
      descriptors: [child, channel.ours, ...Object.values(console?.served ?? {})],
    });
    return startAndMonitor(channel.ours, prepare({ channel: channel.ours, answer: undefined }), prepare);
  } finally {
    trySystemCall("close", channel.ours);
  }
}

/** The config as it was when the container was created, with the time namespace in which its processes were restored. */
function configOf(root: string, { id, pid, restored }: ContainerState): Config {
  const config: Config = JSON.parse(readFileSync(configPath(root, id), "utf8"));
  const { linux = {} } = config;
  const { namespaces = [] } = linux;
  const isOwn = restored && linkTarget(`/proc/${pid}/ns/time`) !== linkTarget("/proc/self/ns/time");
  if (!isOwn || namespaces.some(({ type }) => type === "time")) return config;
  return { ...config, linux: { ...linux, namespaces: [...namespaces, { type: "time" }] } };
}

/** Tell why a process could not be executed. @throws Failure always */
export function failExec(command: string, errno: number, sentence: string): never {
  throw new Failure(`exec ${JSON.stringify(command)}: ${sentence}`, {
    code: "exec.not_executable",
    errno,
    call: "execve",
  });
}

function checkStatus(request: ExecRequest, state: ContainerState): void {
  const status = containerStatus(request.root, state);
  if (status === "stopped" || status === "creating") {
    throw new Failure("cannot exec in a stopped container", { code: "container.wrong_status" });
  }
  if (status === "paused" && !request.ignorePaused) {
    throw new Failure("cannot exec in a paused container (use --ignore-paused to override)", {
      code: "container.wrong_status",
    });
  }
}

/** A descriptor of the first process, which is still the one that had the start time. */
function pidfdOf({ pid, startTime }: ContainerState): number {
  const pidfd = pidfdOpen(pid);
  if (isAlive(pid, startTime)) return pidfd;
  throw new Failure("cannot exec in a stopped container", { code: "container.wrong_status" });
}

/** Wait until the process waits to be executed. @returns its id @throws Failure */
async function waitUntilReady(
  program: Program,
  config: Config,
  state: ContainerState,
  channel: number,
  executor: number,
  putIntoCgroup: (pid: number) => Promise<void>,
): Promise<number> {
  let messages: ListenerMessages | undefined;
  let pid = 0;
  let waitsFor: number | undefined;
  try {
    if (config.linux?.seccomp?.listenerPath) {
      messages = new (await import("./listener_messages.ts")).ListenerMessages(channel, executor);
    }
    while (pid === 0 || waitsFor !== Step.Ready) {
      const message = messages === undefined ? nextMessage(channel) : messages.next();
      if (message === undefined) throw new Failure("the process ended before it was set up");
      if (message.kind === Report.Failed) {
        throw await failureOfProgram(program, config, message);
      }
      if (message.kind === Report.Process) pid = message.value;
      if (message.kind === Report.Waiting) waitsFor = message.value;
      if (pid === 0 || waitsFor === undefined || waitsFor === Step.Ready) continue;
      if (waitsFor === Step.Cgroup) await putIntoCgroup(pid);
      else if (waitsFor === Step.SeccompListener) {
        const { passListener } = await import("./seccomp_listener.ts");
        passListener(config, pid, message.descriptor, state, "running");
      }
      waitsFor = undefined;
      goOn(channel);
    }
    return pid;
  } catch (failure) {
    if (pid !== 0) killAndWait(pid, startTimeOf(pid), KILL_TIMEOUT);
    throw failure;
  } finally {
    messages?.close();
    waitForExit(executor);
  }
}

/** The channel closes when the process is executed. @throws Failure */
async function hear(program: Program, config: Config, channel: number): Promise<void> {
  const message = nextMessage(channel);
  if (message?.kind === Report.Failed) {
    throw await failureOfProgram(program, config, message);
  }
}

/** Put the process where the processor's resources are controlled for the container, or end it. @throws Failure */
async function enterGroups(config: Config, { id }: ContainerState, pid: number): Promise<void> {
  const { intelRdt } = config.linux ?? {};
  if (intelRdt === undefined) return;
  const { enterResctrl, findResctrl } = await import("./resctrl.ts");
  orKill(pid, () => enterResctrl(findResctrl(), intelRdt, id, pid));
}

/** Do what belongs to a process that waits to be executed; if it fails the process ends. */
function orKill(pid: number, work: () => void): void {
  try {
    work();
  } catch (failure) {
    killAndWait(pid, startTimeOf(pid), KILL_TIMEOUT);
    throw failure;
  }
}

function startTimeOf(pid: number): number {
  return processIdentity(pid)?.startTime ?? 0;
}

/** The home directory of the user, as the container tells now. */
function homeInside({ pid }: ContainerState, process: Process): string {
  if (!needsHome(process.env ?? [])) return "/";
  const passwd = readInRoot(`/proc/${pid}/root`, "etc/passwd");
  return passwd === undefined ? "/" : homeDirectory(passwd, userIds(process).uid);
}
