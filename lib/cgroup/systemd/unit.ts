import { Failure } from "../../failure.ts";

const POINTER = "/linux/cgroupsPath";
const DEFAULT_PREFIX = "tsrun";

/** The unit of a container, and the slice that it lies in. */
export interface Unit {
  readonly slice: string;
  /** `tsrun-ID.scope`, or a slice if the config names one. */
  readonly name: string;
}

/**
 * The unit that a `cgroupsPath` of the form `slice:prefix:name` names. Without one it is `tsrun-ID.scope`; without a slice
 * it lies in system.slice, an ordinary user's in the user.slice of that user.
 *
 * @throws Failure if it is of another form
 * @see config-linux.md, "Cgroups Path"; the names are runc's
 */
export function unitOf(cgroupsPath: string | undefined, id: string, user: boolean): Unit {
  const defaultSlice = user ? "user.slice" : "system.slice";
  if (!cgroupsPath) return { slice: defaultSlice, name: escapeName(`${DEFAULT_PREFIX}-${id}.scope`) };
  const parts = cgroupsPath.split(":");
  if (parts.length !== 3) {
    throw invalid(
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got ${JSON.stringify(cgroupsPath)} instead`,
    );
  }
  const [slice = "", prefix = "", name = ""] = parts;
  return { slice: slice || defaultSlice, name: unitName(prefix, name) };
}

function unitName(prefix: string, name: string): string {
  if (name.endsWith(".slice")) return name;
  return escapeName(prefix === "" ? `${name}.scope` : `${prefix}-${name}.scope`);
}

/**
 * A name with what systemd does not allow in it as `\xHEX`, such as the `+` of a container's id. What it allows stays,
 * escapes of the caller's own too.
 *
 * @see systemd-escape(1)
 */
function escapeName(name: string): string {
  return name.replace(/[^\w:.@\\-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/**
 * The path of a slice's cgroup: slices lie in those that their names begin with.
 *
 * @example slicePath("a-b.slice") // "/a.slice/a-b.slice"
 * @throws Failure if it is no name of a slice
 * @see systemd.slice(5)
 */
export function slicePath(slice: string): string {
  const SUFFIX = ".slice";
  const refused = (): Failure => invalid(`${JSON.stringify(slice)} is no name of a slice`);
  if (!slice.endsWith(SUFFIX) || slice.length === SUFFIX.length || slice.includes("/")) throw refused();
  const name = slice.slice(0, -SUFFIX.length);
  if (name === "-") return "";
  const parts = name.split("-");
  if (parts.includes("")) throw refused();
  return parts.map((_, i) => `/${cgroupName(`${parts.slice(0, i + 1).join("-")}${SUFFIX}`)}`).join("");
}

/**
 * The name of a unit's cgroup. One that the kernel could take for a file of its own gets a `_` in front.
 *
 * @see systemd's cg_needs_escape
 */
export function cgroupName(unit: string): string {
  const [first = ""] = unit.split(".");
  const taken = /^[_.]/.test(unit) || first === "cgroup" || CONTROLLERS.includes(first);
  return taken ? `_${unit}` : unit;
}

const CONTROLLERS = ["cpu", "cpuacct", "cpuset", "io", "blkio", "memory", "devices", "pids"];

function invalid(why: string): Failure {
  return new Failure(`${POINTER}: ${why}`, { code: "config.invalid", pointer: POINTER });
}
