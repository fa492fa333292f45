import { pathComponents } from "../compile/root_fd.ts";
import { linkTarget } from "../libc/files.ts";

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
