import type { ImageView } from "../compile/image_places.ts";
import { pathComponents } from "../compile/root_fd.ts";
import { closeSync, linkTarget } from "../libc/files.ts";
import { cString, trySystemCall } from "../libc/system_call.ts";
import { AT_FDCWD, O_CLOEXEC, O_PATH, RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS } from "../program/constants.ts";

/** As many as the kernel follows. @see path_resolution(7) */
const MOST_LINKS = 40;

/**
 * A path of an image without symbolic links, resolved as if the image were the root. What does not exist is left as it
 * is. Only a hint for where something is to be made: the kernel resolves the result again, inside the root.
 *
 * @param image the root file system's path on the host
 */
export function followLinks(image: string, path: string): string {
  const resolved: string[] = [];
  const pending = pathComponents(path);
  for (let links = 0; pending.length > 0; ) {
    const component = pending.shift()!;
    if (component === "..") {
      resolved.pop();
      continue;
    }
    const target = linkTarget(`${image}/${[...resolved, component].join("/")}`);
    if (target === undefined || links === MOST_LINKS) {
      resolved.push(component);
      continue;
    }
    links++;
    if (target.startsWith("/")) resolved.length = 0;
    pending.unshift(...pathComponents(target));
  }
  return resolved.join("/");
}

/** An image that is looked at until it is closed. */
export interface OpenImage extends ImageView {
  close(): void;
}

/** With fewer mounts it takes longer to look for their places than to compile how missing ones are made. */
const MANY_MOUNTS = 32;

/**
 * Look at an image while nothing is mounted in it by us.
 *
 * @param image the root file system's path on the host, without links
 * @param mounts how many mounts there will be
 */
export function openImage(image: string, mounts: number): OpenImage {
  if (mounts < MANY_MOUNTS) return { followLinks: (path) => followLinks(image, path), close: () => {} };
  const root = trySystemCall("openat", AT_FDCWD, cString(image), O_PATH | O_CLOEXEC, 0);
  const how = new BigUint64Array([O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS].map(BigInt));
  return {
    followLinks: (path) => followLinks(image, path),
    find: (path) => {
      const place = trySystemCall("openat2", root, cString(path), how, how.byteLength);
      if (place < 0) return undefined;
      const found = linkTarget(`/proc/self/fd/${place}`);
      closeSync(place);
      return found?.startsWith(`${image}/`) ? found.slice(image.length + 1) : undefined;
    },
    close: () => closeSync(root),
  };
}
