import { dlopen, ptr } from "bun:ffi";
import { cString, SystemCallError, trySystemCall } from "./system_call.ts";

/**
 * Start `path` with these arguments and no environment. The child has every descriptor that is not close-on-exec.
 *
 * posix_spawn, since a JavaScript engine does not survive fork(2).
 *
 * @returns the child's process id
 * @throws SystemCallError
 * @see posix_spawn(3)
 */
export function posixSpawn(path: string, args: readonly string[]): number {
  const libc = dlopen("libc.so.6", {
    posix_spawn: { args: ["ptr", "ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" },
  });
  const argv = new PointerArray(args);
  const envp = new PointerArray([]);
  const pid = new Int32Array(1);
  const file = cString(path);
  const errno = libc.symbols.posix_spawn(ptr(pid), ptr(file), null, null, ptr(argv.pointers), ptr(envp.pointers));
  if (errno !== 0) throw new SystemCallError(`posix_spawn("${path}")`, errno);
  return pid[0]!;
}

/** Whole posix_spawn_file_actions_t, in glibc and musl. */
const FILE_ACTIONS_SIZE = 80;

/**
 * The same with an environment (`NAME=VALUE`) and with other standard streams than this process's: the child's input,
 * output and error output, by descriptors above 2.
 *
 * @returns the child's process id
 * @throws SystemCallError
 */
export function posixSpawnWith(
  path: string,
  args: readonly string[],
  env: readonly string[],
  streams: readonly [number, number, number],
): number {
  const { symbols } = dlopen("libc.so.6", {
    posix_spawn: { args: ["ptr", "ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" },
    posix_spawn_file_actions_init: { args: ["ptr"], returns: "i32" },
    posix_spawn_file_actions_adddup2: { args: ["ptr", "i32", "i32"], returns: "i32" },
    posix_spawn_file_actions_destroy: { args: ["ptr"], returns: "i32" },
  });
  const actions = new Uint8Array(FILE_ACTIONS_SIZE);
  const argv = new PointerArray(args);
  const envp = new PointerArray(env);
  const pid = new Int32Array(1);
  const file = cString(path);
  symbols.posix_spawn_file_actions_init(ptr(actions));
  for (const [i, fd] of streams.entries()) symbols.posix_spawn_file_actions_adddup2(ptr(actions), fd, i);
  const errno = symbols.posix_spawn(ptr(pid), ptr(file), ptr(actions), null, ptr(argv.pointers), ptr(envp.pointers));
  symbols.posix_spawn_file_actions_destroy(ptr(actions));
  if (errno !== 0) throw new SystemCallError(`posix_spawn("${path}")`, errno);
  return pid[0]!;
}

/**
 * Replace this process by `path` with these arguments and no environment.
 *
 * @throws SystemCallError; does not return otherwise
 * @see execve(2)
 */
export function executeFile(path: string, args: readonly string[]): never {
  const argv = new PointerArray(args);
  const envp = new PointerArray([]);
  const errno = -trySystemCall("execve", cString(path), argv.pointers, envp.pointers);
  throw new SystemCallError(`execve("${path}")`, errno);
}

/** A NULL-terminated array of pointers to texts; it keeps the texts from being collected. */
class PointerArray {
  readonly texts: readonly Buffer[];
  readonly pointers: BigUint64Array;

  constructor(texts: readonly string[]) {
    this.texts = texts.map(cString);
    this.pointers = new BigUint64Array([...this.texts.map((text) => BigInt(ptr(text))), 0n]);
  }
}
