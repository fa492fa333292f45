import type { Config, IdMapping } from "../spec/types.ts";

/** Whether setgroups(2) will work in a user namespace with these mappings. */
export function allowsSetgroups({ linux = {} }: Config): boolean {
  const { gidMappings = [] } = linux;
  const root = process.geteuid?.() === 0;
  return root || gidMappings.length === 0 || !mayWrite(gidMappings, root, process.getegid?.() ?? 0);
}

/** Without privileges only a single entry may be written, and only one that maps the writer's own id. */
export function mayWrite(mappings: readonly IdMapping[], root: boolean, own: number): boolean {
  const [only] = mappings;
  return root || (mappings.length === 1 && only?.size === 1 && only.hostID === own);
}
