import type { ProgramBuilder } from "../program/builder.ts";
import { CLONE_FILES, CLONE_NEWNS, CLONE_NEWUSER, MS_SLAVE, O_CLOEXEC, SIGCHLD } from "../program/constants.ts";
import { ECHILD, EINVAL } from "../program/errno.ts";
import { PreparedTrees, type TreeSource } from "./host_trees.ts";
import { cloneHostMount, setPropagation } from "./mount_calls.ts";

/** The number of the first copy's descriptor. Nothing else has one so high. */
const FIRST = 100;

/**
 * Detached copies of the host's mounts, made for an ordinary user, whom the kernel lets copy mounts only in a mount
 * namespace of the user's own. A process in a new one, and in a user namespace that owns it, makes the copies; it has the
 * same descriptors, and ends. What may be attached where is decided anew when they are attached.
 *
 * @see open_tree(2), OPEN_TREE_CLONE; mount_namespaces(7); clone(2), CLONE_FILES
 */
export function copyAsUser(p: ProgramBuilder, sources: readonly TreeSource[]): PreparedTrees {
  const trees = new PreparedTrees(p);
  if (sources.length === 0) return trees;
  p.at("default/the user's mounts", () => {
    const parent = p.label();
    const done = p.label();
    const status = p.space(4);
    const pid = p.open("clone", [SIGCHLD + CLONE_FILES + CLONE_NEWUSER + CLONE_NEWNS, 0, 0, 0, 0]);
    p.branch(pid, "NotEqual", 0, parent);
    for (const [i, source] of sources.entries()) {
      p.at(source.origin, () => copyTo(p, source, FIRST + i));
    }
    p.exit(0);
    p.place(parent);
    p.withRegister((result) => {
      p.uninterrupted(result, "wait4", [pid, status, 0, 0]);
      p.load(result, status, 4);
      p.branch(result, "Equal", 0, done);
    });
    p.fail(ECHILD, "the process that copies mounts has ended");
    p.place(done);
    p.release(pid);
    for (const [i, { origin }] of sources.entries()) trees.keep(origin, FIRST + i);
  });
  return trees;
}

function copyTo(p: ProgramBuilder, { path, reach }: TreeSource, place: number): void {
  const refused = p.label();
  const done = p.label();
  const tree = cloneHostMount(p, path, reach, reach === "one" ? { on: [[EINVAL, refused]] } : undefined);
  setPropagation(p, tree, MS_SLAVE, reach);
  p.call("dup3", [tree, place, O_CLOEXEC]);
  p.close(tree);
  if (reach === "tree") return;
  p.jump(done);
  p.place(refused);
  // It would show what the mounts below it cover.
  p.fail(EINVAL, `${path} cannot be bound alone: rbind takes along what is mounted below it`);
  p.place(done);
}
