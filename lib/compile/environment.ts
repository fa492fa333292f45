import { Failure } from "../failure.ts";

/**
 * The environment of the container's process: of two entries with the same name the last one counts, and HOME is filled
 * in if it is missing or empty.
 *
 * @param home the user's home directory
 * @throws Failure on an entry without a name or with a NUL
 */
export function processEnvironment(env: readonly string[], home: string): string[] {
  const entries = new Map<string, string>();
  for (const [i, entry] of env.entries()) {
    const equals = entry.indexOf("=");
    if (equals < 1 || entry.includes("\0")) {
      throw new Failure(`/process/env/${i}: "${entry}" is not of the form NAME=VALUE`, {
        code: "config.invalid",
        pointer: `/process/env/${i}`,
      });
    }
    entries.set(entry.slice(0, equals), entry);
  }
  if (needsHome(env)) entries.set("HOME", `HOME=${home}`);
  return [...entries.values()];
}

/** Whether HOME has to be filled in from the container's user database. */
export function needsHome(env: readonly string[]): boolean {
  return !lastValue(env, "HOME");
}

/** What a variable is set to by the last entry that sets it. */
export function lastValue(env: readonly string[], name: string): string | undefined {
  for (let i = env.length - 1; i >= 0; i--) if (env[i]!.startsWith(`${name}=`)) return env[i]!.slice(name.length + 1);
  return undefined;
}

/** The home directory of a user by number, from the text of /etc/passwd; `/` if it is not there. @see passwd(5) */
export function homeDirectory(passwd: string, uid: number): string {
  for (const line of passwd.split("\n")) {
    const fields = line.split(":");
    if (fields.length >= 6 && fields[2] === String(uid)) return fields[5] || "/";
  }
  return "/";
}
