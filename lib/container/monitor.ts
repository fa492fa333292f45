import type { HandedOver } from "../compile/monitor.ts";
import { goOn, NOTHING } from "../executor/report.ts";
import { becomeExecutor } from "../executor/spawn.ts";
import { holdSignals } from "../libc/process.ts";
import type { Program } from "../program/instruction.ts";

/** A monitor's program, and the descriptors that it uses. */
export interface Monitor {
  readonly program: Program;
  readonly descriptors: readonly number[];
}

/**
 * Let a process go on that waits to be executed, and become its monitor. The process starts while the kernel takes this
 * one apart, which takes a millisecond; the signals that come meanwhile wait for the monitor, which forwards them.
 *
 * @param channel the process's report channel
 * @param monitor one of a process that goes on already
 * @param prepare makes another, which tells the process to go on itself, where signals could not wait
 */
export function startAndMonitor(
  channel: number,
  monitor: Monitor,
  prepare: (handedOver: HandedOver) => Monitor,
): never {
  if (holdSignals()) return becomeExecutor(monitor.program, monitor.descriptors, () => goOn(channel));
  const { program, descriptors } = prepare({ channel, answer: NOTHING });
  return becomeExecutor(program, descriptors);
}
