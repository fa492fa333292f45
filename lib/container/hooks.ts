import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { debugLog } from "../debug_log.ts";
import { describeErrno } from "../program/errno.ts";
import type { Hook, State, Status } from "../spec/types.ts";
import { callerEnvironment } from "./caller_environment.ts";
import { hookFailure } from "./hook_failure.ts";
import { type ContainerState, containerDirectory } from "./state.ts";

/** The hooks that run outside of the container. */
export type HostHooks = "prestart" | "createRuntime" | "poststart" | "poststop";

/** What hooks get on standard input. @see runtime.md, "State" */
export function hookState(state: ContainerState, status: Status, pid: number): string {
  const { ociVersion, id, bundle, annotations } = state;
  const document: State = {
    ociVersion,
    id,
    status,
    ...(pid !== 0 && { pid }),
    bundle,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  return JSON.stringify(document);
}

/**
 * Run hooks on the host, one after the other, in the bundle's directory. Their environment is their own, or tsrun's if
 * they have none, as in runc.
 *
 * @param files a directory for the files that stand in for pipes: a process that a hook leaves behind would hold a pipe
 *   open
 * @throws Failure of the first that fails: which one, how it ended, and the end of what it wrote
 * @see config.md, "POSIX-platform Hooks"
 */
export function runHostHooks(
  kind: HostHooks,
  hooks: readonly Hook[],
  state: ContainerState,
  stdin: string,
  files: string,
): void {
  for (const [i, hook] of hooks.entries()) {
    debugLog("hooks", () => `${kind}: ${hook.path}`);
    runHostHook(`/hooks/${kind}/${i}`, hook, state.bundle, stdin, `${files}/hook`);
  }
}

/** The directory of a container is there for as long as its hooks run, but for poststop. */
export function hookFiles(root: string, id: string): string {
  return containerDirectory(root, id);
}

function runHostHook(pointer: string, hook: Hook, bundle: string, stdin: string, path: string): void {
  writeFileSync(`${path}.in`, stdin, { mode: 0o600 });
  const input = openSync(`${path}.in`, "r");
  const output = openSync(`${path}.out`, "w", 0o600);
  try {
    const [argv0 = hook.path, ...args] = hook.args ?? [];
    const result = spawnSync(hook.path, args, {
      argv0,
      cwd: bundle,
      env: hook.env === undefined ? callerEnvironment() : environment(hook.env),
      stdio: [input, output, output],
      killSignal: "SIGKILL",
      ...(hook.timeout !== undefined && { timeout: hook.timeout * 1000 }),
    });
    const reason = reasonOf(hook, result);
    if (reason === undefined) return;
    throw hookFailure(pointer, `hook ${hook.path} ${reason}`, readFileSync(`${path}.out`, "utf8"));
  } finally {
    closeSync(input);
    closeSync(output);
    rmSync(`${path}.in`);
    rmSync(`${path}.out`);
  }
}

function reasonOf(hook: Hook, result: ReturnType<typeof spawnSync>): string | undefined {
  const { code, errno } = (result.error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === "ETIMEDOUT") return `was killed: it took longer than its timeout of ${hook.timeout} s`;
  if (result.error !== undefined) {
    return `could not be executed: ${errno === undefined ? result.error.message : describeErrno(Math.abs(errno))}`;
  }
  if (result.signal !== null) return `failed: killed by ${result.signal}`;
  return result.status === 0 ? undefined : `failed: exit status ${result.status}`;
}

function environment(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}
