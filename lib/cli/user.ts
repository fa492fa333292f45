import { Failure } from "../failure.ts";

const LARGEST_ID = 4_294_967_294;

/**
 * A user and perhaps a group, in numbers only: a name would have to be looked up in the container's own files.
 *
 * @throws Failure `usage` on anything else, however near it looks
 * @see CVE-2016-3697, CVE-2026-30892
 */
export function parseUser(text: string, option: string): { uid: number; gid?: number } {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  const [uid, gid] = [match?.[1], match?.[2]].map((digits) => (digits === undefined ? undefined : Number(digits)));
  if (uid === undefined || uid > LARGEST_ID || (gid ?? 0) > LARGEST_ID) {
    throw new Failure(`${option} takes numbers as UID or UID:GID, not ${JSON.stringify(text)}`, { code: "usage" });
  }
  return gid === undefined ? { uid } : { uid, gid };
}
