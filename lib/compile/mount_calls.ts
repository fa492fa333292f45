import type { ErrorPolicy, ProgramBuilder } from "../program/builder.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_FLAG,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MOUNT_ATTR_IDMAP,
  MOUNT_ATTR_SIZE_VER0,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
} from "../program/constants.ts";
import { EBUSY, EINVAL, EPERM } from "../program/errno.ts";
import type { Label, Operand, Register } from "../program/instruction.ts";
import type { IdMap } from "./id_maps.ts";
import type { MountAttributes } from "./mount_options.ts";

/** `mount_setattr` on a descriptor. @see mount_setattr(2) (Linux 5.12) */
export function setMountAttributes(
  p: ProgramBuilder,
  mount: Register,
  { set, clear }: MountAttributes,
  reach: "one" | "tree",
): void {
  if (set !== 0 || clear !== 0) mountSetattr(p, mount, [set, clear, 0], reach);
}

/** @param type MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE. @see mount_setattr(2) */
export function setPropagation(p: ProgramBuilder, mount: Register, type: number, reach: "one" | "tree"): void {
  mountSetattr(p, mount, [0, 0, type], reach);
}

function mountSetattr(
  p: ProgramBuilder,
  mount: Register,
  [set, clear, propagation]: readonly [number, number, number],
  reach: "one" | "tree",
): void {
  const flags = AT_EMPTY_PATH | (reach === "tree" ? AT_RECURSIVE : 0);
  const attr = p.longs([set, clear, propagation, 0]);
  p.call("mount_setattr", [mount, p.text(""), flags, attr, MOUNT_ATTR_SIZE_VER0]);
}

/**
 * Map the ids of a detached mount, or of all mounts of a detached tree.
 *
 * @see mount_setattr(2), MOUNT_ATTR_IDMAP (Linux 5.12)
 */
export function mapIds(p: ProgramBuilder, mount: Register, { namespace, reach }: IdMap): void {
  const USERNS_FD = 24;
  const refused = p.label();
  const mapped = p.label();
  const attr = p.longs([MOUNT_ATTR_IDMAP, 0, 0, 0]);
  p.withRegister((fd) => {
    p.load(fd, namespace, 4);
    p.store(p.within(attr, USERNS_FD), fd, 8);
  });
  const flags = AT_EMPTY_PATH | (reach === "tree" ? AT_RECURSIVE : 0);
  p.call("mount_setattr", [mount, p.text(""), flags, attr, MOUNT_ATTR_SIZE_VER0], { on: [[EINVAL, refused]] });
  p.jump(mapped);
  p.place(refused);
  p.fail(EINVAL, "ids cannot be mapped here: the file system does not support it, or they are mapped already");
  p.place(mapped);
}

/** Attach a detached mount at a place that is open. @see move_mount(2) (Linux 5.2) */
export function attachMount(p: ProgramBuilder, mount: Register, target: Register): void {
  const empty = p.text("");
  p.call("move_mount", [mount, empty, target, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH]);
}

/** A detached copy of the mount at an open place, or of the whole tree there. @see open_tree(2) (Linux 5.2) */
export function cloneMount(p: ProgramBuilder, place: Register, reach: "one" | "tree"): Register {
  const flags = AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (reach === "tree" ? AT_RECURSIVE : 0);
  return p.open("open_tree", [place, p.text(""), flags]);
}

/** A detached copy of what is mounted at a path of the host. */
export function cloneHostMount(p: ProgramBuilder, path: string, reach: "one" | "tree", policy?: ErrorPolicy): Register {
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (reach === "tree" ? AT_RECURSIVE : 0);
  return p.open("open_tree", [AT_FDCWD, p.text(path), flags], policy);
}

/**
 * A new file system, mounted but not yet attached.
 *
 * @param parameters what the file system understands, as `key=value` or a lone flag
 * @param refused where the program goes if this process may not make it, or it is busy; otherwise that is a failure
 * @see fsopen(2), fsconfig(2), fsmount(2) (Linux 5.2)
 */
export function detachedFileSystem(
  p: ProgramBuilder,
  type: string,
  source: string | undefined,
  parameters: readonly string[],
  attributes: number,
  refused?: Label,
): Register {
  // Some kinds are refused here already. Otherwise the context stays open then until the process is executed.
  const policy: ErrorPolicy | undefined = refused && {
    on: [
      [EPERM, refused],
      [EBUSY, refused],
    ],
  };
  const context = p.open("fsopen", [p.text(type), FSOPEN_CLOEXEC], policy);
  if (source !== undefined && source !== "") {
    p.call("fsconfig", [context, FSCONFIG_SET_STRING, p.text("source"), p.text(source), 0]);
  }
  configure(p, context, parameters);
  p.call("fsconfig", [context, FSCONFIG_CMD_CREATE, 0, 0, 0], policy);
  const mount = p.open("fsmount", [context, FSMOUNT_CLOEXEC, attributes]);
  p.close(context);
  return mount;
}

/**
 * What `make` makes, or what `instead` does if `make` is refused.
 *
 * @param make goes on at the label it is given if it is refused
 */
export function madeOrInstead(
  p: ProgramBuilder,
  make: (refused: Label) => Register,
  instead: () => Register,
): Register {
  const refused = p.label();
  const made = p.label();
  const result = p.register();
  const take = (value: Register): void => {
    p.move(result, value);
    p.release(value);
  };
  take(make(refused));
  p.jump(made);
  p.place(refused);
  take(instead());
  p.place(made);
  return result;
}

/** Give a file system its parameters: `key=value`, or a lone flag. @see fsconfig(2) */
export function configure(p: ProgramBuilder, context: Register, parameters: readonly string[]): void {
  for (const parameter of parameters) {
    const equals = parameter.indexOf("=");
    const args: Operand[] =
      equals < 0
        ? [context, FSCONFIG_SET_FLAG, p.text(parameter), 0, 0]
        : [context, FSCONFIG_SET_STRING, p.text(parameter.slice(0, equals)), p.text(parameter.slice(equals + 1)), 0];
    p.call("fsconfig", args);
  }
}
