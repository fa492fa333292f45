import { oomKills } from "../cgroup/cgroup.ts";
import type { CgroupState } from "../cgroup/state.ts";
import type { ContainerProgram } from "../compile/container.ts";
import type { ServedTerminal } from "../compile/terminal_relay.ts";
import { goOn, NOTHING, nextMessage } from "../executor/report.ts";
import { type Channel, type Fault, playProgram } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { closeSync, readFileSync } from "../libc/files.ts";
import { waitForExit } from "../libc/process.ts";
import { Report, Step } from "../program/instruction.ts";
import { makesNamespace } from "../spec/namespaces.ts";
import type { Config } from "../spec/types.ts";
import { failureOfProgram } from "./failure_of_program.ts";
import { isPrivileged } from "./host_facts.ts";
import { type KeptProgram, keepPrograms, lifeCyclePrograms } from "./life_cycle_programs.ts";
import type { ListenerMessages } from "./listener_messages.ts";
import { processIdentity } from "./process_identity.ts";
import { killAndWait } from "./signal.ts";
import { type ContainerState, type StartCall, saveState } from "./state.ts";

const KILL_TIMEOUT = 10_000;

/**
 * What comes when a container is set up: its process waits for `start`; it goes on, and is executed; or it keeps waiting
 * for whoever the channel is handed to.
 */
export type WhenReady = "start" | "go on" | "hand over";

/** A container that is set up, and its channel if that is handed over. */
export interface Played {
  readonly state: ContainerState;
  readonly channel?: number;
  /** The process's terminal, where it is the monitor's to serve. */
  readonly terminal?: ServedTerminal;
  /** The socket at which the container tells that it is ready. */
  readonly notify?: number;
  /** With what a process that has hooks to run is to be told to go on. */
  readonly answer?: Uint8Array;
}

/** What there is to do while the process is set up; it gets what there will be if that succeeds. */
export type Meanwhile = (expected: Played) => void;

/**
 * Play a container's program: save its state once its process is known and set up, then let it go on. Returns when the
 * process waits for `start`, when it has been executed, or when it waits to be told to go on.
 *
 * @param makeCgroup makes the cgroups around the process that makes the container, if the program waits for that
 * @param meanwhile is called once at most
 * @throws Failure; the process is gone then
 */
export async function playContainer(
  root: string,
  withoutProcess: ContainerState,
  config: Config,
  compiled: ContainerProgram,
  channel: Channel,
  whenReady: WhenReady,
  makeCgroup: (pid: number) => Promise<CgroupState>,
  meanwhile: Meanwhile | undefined,
): Promise<Played> {
  const executor = playProgram(compiled.program, channel, faultToInject());
  let messages: ListenerMessages | undefined;
  let initial = withoutProcess;
  let pid = 0;
  let startTime = 0;
  let waitsFor: number | undefined;
  let state: ContainerState | undefined;
  let output = "";
  let handedOver = false;
  let programs: KeptProgram[] = [];
  try {
    if (config.linux?.seccomp?.listenerPath) {
      messages = new (await import("./listener_messages.ts")).ListenerMessages(channel.ours, executor);
    }
    while (true) {
      const message = messages === undefined ? nextMessage(channel.ours) : messages.next();
      if (message === undefined) {
        // Executed: nobody holds the channel any more.
        if (state !== undefined) return { state };
        throw endedEarly(initial.cgroup);
      }
      if (message.kind === Report.Failed) {
        throw await failureOfProgram(compiled.program, config, message, output);
      }
      if (message.kind === Report.Process) {
        pid = message.value;
        startTime = processIdentity(pid)?.startTime ?? 0;
        if (config.linux?.intelRdt !== undefined) {
          const { findResctrl, joinResctrl } = await import("./resctrl.ts");
          initial = { ...initial, resctrl: joinResctrl(findResctrl(), config, initial.id, pid) };
        }
        if (config.linux?.netDevices !== undefined) (await import("./net_devices.ts")).moveNetDevices(config, pid);
        if (whenReady !== "hand over") {
          const startable = whenReady === "start" && (config.hooks?.startContainer ?? []).length === 0;
          programs = lifeCyclePrograms({ ...initial, pid, startTime }, startable);
        }
        meanwhile?.({ state: { ...initial, pid, startTime }, channel: channel.ours });
      }
      if (message.kind === Report.Member) {
        const { checkJoinedMappings } = await import("./id_mappings.ts");
        checkJoinedMappings(message.value, config);
      }
      if (message.kind === Report.Waiting && message.value === Step.JoinedUserNamespace) {
        goOn(channel.ours);
        continue;
      }
      if (message.kind === Report.Waiting && message.value === Step.Cgroup) {
        initial = { ...initial, cgroup: await makeCgroup(executor) };
        goOn(channel.ours);
        continue;
      }
      if (message.kind === Report.Output) output = message.text;
      if (message.kind === Report.Waiting) waitsFor = message.value;
      // The process may be waiting already before the one that made it has told its id.
      if (waitsFor === undefined || pid === 0) continue;
      let answer = NOTHING;
      if (waitsFor === Step.Hooks) {
        answer = Buffer.from(await runCreateHooks(root, { ...initial, pid, startTime }, config));
      } else if (waitsFor === Step.UserNamespace) {
        const { writeIdMappings } = await import("./id_mappings.ts");
        writeIdMappings(pid, config);
      } else if (waitsFor === Step.SeccompListener) {
        const { passListener } = await import("./seccomp_listener.ts");
        passListener(config, pid, message.descriptor, { ...initial, pid }, "creating");
      } else {
        await delegateOwnCgroup(initial.cgroup, config, pid);
        state = { ...initial, pid, startTime, startsAt: compiled.startsAt, startCalls: startCalls(compiled) };
        saveState(root, state);
        keepPrograms(root, state.id, programs);
        const hooked = (config.hooks?.startContainer ?? []).length > 0;
        if (hooked) answer = Buffer.from(await startHookState(state, config));
        if (whenReady === "hand over") {
          handedOver = true;
          return { state, channel: channel.ours, ...(hooked && { answer }) };
        }
      }
      waitsFor = undefined;
      goOn(channel.ours, answer);
      if (state !== undefined && whenReady === "start") return { state };
    }
  } catch (failure) {
    if (pid !== 0) killAndWait(pid, startTime, KILL_TIMEOUT);
    if (initial.resctrl !== undefined) (await import("./resctrl.ts")).leaveResctrl(initial.resctrl);
    throw failure;
  } finally {
    messages?.close();
    if (!handedOver) closeSync(channel.ours);
    waitForExit(executor);
  }
}

/**
 * Run the hooks that run outside before the root is changed.
 *
 * @returns the state for those that run inside
 */
async function runCreateHooks(root: string, state: ContainerState, config: Config): Promise<string> {
  const { hookFiles, hookState, runHostHooks } = await import("./hooks.ts");
  const { prestart = [], createRuntime = [] } = config.hooks ?? {};
  const stdin = hookState(state, "creating", state.pid);
  // So that a hook that asks for the container's state gets it.
  saveState(root, state);
  runHostHooks("prestart", prestart, state, stdin, hookFiles(root, state.id));
  runHostHooks("createRuntime", createRuntime, state, stdin, hookFiles(root, state.id));
  return hookState(state, "creating", pidInside(state, config));
}

async function startHookState(state: ContainerState, config: Config): Promise<string> {
  const { hookState } = await import("./hooks.ts");
  return hookState(state, "created", pidInside(state, config));
}

async function delegateOwnCgroup(cgroup: CgroupState, config: Config, pid: number): Promise<void> {
  if (cgroup.version !== 2 || !makesNamespace(config, "cgroup")) return;
  const { delegateCgroup, managesOwnCgroup } = await import("../cgroup/delegation.ts");
  if (managesOwnCgroup(config, cgroup)) delegateCgroup(cgroup, config, pid, isPrivileged());
}

/** The first process's id as the container sees it: 1 in a pid namespace of its own. */
function pidInside(state: ContainerState, config: Config): number {
  if (makesNamespace(config, "pid")) return 1;
  const [, ids = ""] = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${state.pid}/status`, "latin1")) ?? [];
  return Number(ids.split("\t").at(-1));
}

/** What `start` needs to tell of a failure, without the program. */
function startCalls({ program, startsAt }: ContainerProgram): StartCall[] {
  return program.instructions.slice(startsAt).map(({ origin, name, failure }) => ({
    origin,
    ...(failure !== undefined && { sentence: failure }),
    ...(name !== undefined && { call: name }),
  }));
}

function endedEarly(cgroup: CgroupState): Failure {
  if (oomKills(cgroup) > 0) {
    return new Failure("container init was OOM-killed (memory limit too low?)", {
      code: "oom",
      pointer: "/linux/resources/memory/limit",
    });
  }
  return new Failure("the container's process ended before it was set up");
}

/** For tests of what a failure leaves behind: `TSRUN_FAULT=INSTRUCTION:ERRNO` makes that instruction fail. */
function faultToInject(): Fault | undefined {
  const fault = /^(\d+):(\d+)$/.exec(process.env.TSRUN_FAULT ?? "");
  return fault === null ? undefined : { at: Number(fault[1]), errno: Number(fault[2]) };
}
