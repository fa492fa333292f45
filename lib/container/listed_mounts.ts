import { pathComponents } from "../compile/root_fd.ts";
import type { Mount } from "../spec/types.ts";

/**
 * The mounts of a container's config after some were taken away. As in the container, of several at one place the last
 * goes first, each with those that were mounted below it later.
 */
export function withoutMounts(mounts: readonly Mount[], removed: readonly Pick<Mount, "destination">[]): Mount[] {
  let left = [...mounts];
  for (const { destination } of removed.toReversed()) {
    const place = placeOf(destination);
    const index = left.findLastIndex((mount) => placeOf(mount.destination) === place);
    if (index < 0) continue;
    left = left.filter((mount, i) => i < index || (i > index && !placeOf(mount.destination).startsWith(`${place}/`)));
  }
  return left;
}

const placeOf = (destination: string): string => pathComponents(destination).join("/");
