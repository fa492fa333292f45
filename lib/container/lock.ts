import { Failure } from "../failure.ts";
import { closeSync, openSync, statSync } from "../libc/files.ts";
import { trySystemCall } from "../libc/system_call.ts";
import { containerDirectory } from "./state.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EINTR = 4;

/**
 * Hold the container's directory locked while `work` changes it. The kernel lets go of the lock if tsrun is killed.
 *
 * @throws Failure if there is no such container, also when it is deleted while we wait
 * @see flock(2)
 */
export async function withLock<T>(root: string, id: string, work: () => T | Promise<T>): Promise<T> {
  const directory = containerDirectory(root, id);
  const fd = openDirectory(directory);
  try {
    while (trySystemCall("flock", fd, LOCK_EX) === -EINTR);
    if (!sameFile(directory, fd)) throw notFound();
    return await work();
  } finally {
    closeSync(fd);
  }
}

/** Take the lock on a directory that has just been made. @returns what lets go of it */
export function lock(root: string, id: string): () => void {
  const fd = openDirectory(containerDirectory(root, id));
  trySystemCall("flock", fd, LOCK_EX);
  return () => closeSync(fd);
}

/** Whether some process holds the lock. */
export function isLocked(root: string, id: string): boolean {
  let fd: number;
  try {
    fd = openDirectory(containerDirectory(root, id));
  } catch {
    return false;
  }
  const result = trySystemCall("flock", fd, LOCK_EX | LOCK_NB);
  closeSync(fd);
  return result !== 0;
}

function openDirectory(directory: string): number {
  try {
    return openSync(directory, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw notFound();
    throw error;
  }
}

function sameFile(path: string, fd: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === statSync(`/proc/self/fd/${fd}`).ino;
}

function notFound(): Failure {
  return new Failure("container does not exist", { code: "container.not_found" });
}
