import { Failure } from "../failure.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from "../program/constants.ts";
import type { Data, Register } from "../program/instruction.ts";
import type { Linux, Mount } from "../spec/types.ts";
import { parseMountOptions } from "./mount_options.ts";
import type { ProcFd } from "./proc_fd.ts";
import { makeUserNamespace, mappingLines } from "./user_namespaces.ts";

/** How the ids of a mount are to be mapped. */
export interface IdMap {
  /** Where the descriptor of a user namespace with the mappings waits. */
  readonly namespace: Data;
  readonly reach: "one" | "tree";
}

/**
 * The user namespaces whose mappings the mounts take. They are made while the process still has its privileges, and
 * wait in memory.
 *
 * @see config.md, "Mounts", uidMappings and gidMappings; mount_setattr(2), MOUNT_ATTR_IDMAP (Linux 5.12)
 */
export class IdMaps {
  readonly #p: ProgramBuilder;
  /** By what they map. */
  readonly #namespaces = new Map<string, Data>();
  readonly #ofMounts = new Map<Mount, IdMap>();

  constructor(p: ProgramBuilder) {
    this.#p = p;
  }

  /**
   * Make the namespaces of all id-mapped mounts; equal mappings share one.
   *
   * @param privileged whether this process is root in the user namespace that owns the file systems
   * @throws Failure
   */
  prepare(proc: ProcFd, mounts: readonly Mount[], linux: Linux, privileged: boolean): void {
    for (const [i, mount] of mounts.entries()) {
      if (!isIdMapped(mount)) continue;
      const pointer = `/mounts/${i}`;
      if (!privileged) {
        throw new Failure(`${pointer}: ids of a mount can be mapped by root only`, { code: "config.invalid", pointer });
      }
      const { idMap } = parseMountOptions(mount.options ?? []);
      const namespace = this.#p.at(pointer, () => this.#namespaceFor(proc, mount, linux));
      this.#ofMounts.set(mount, { namespace, reach: idMap === "ridmap" ? "tree" : "one" });
    }
  }

  /** The mapping of an entry, undefined if it has none. @param mount as it was given to `prepare` */
  of(mount: Mount): IdMap | undefined {
    return this.#ofMounts.get(mount);
  }

  /** Let go of the namespaces: the mounts keep the mappings. */
  close(): void {
    const p = this.#p;
    for (const namespace of this.#namespaces.values()) {
      p.withRegister((fd) => {
        p.load(fd, namespace, 4);
        p.call("close", [fd]);
      });
    }
  }

  #namespaceFor(proc: ProcFd, mount: Mount, linux: Linux): Data {
    const { uidMappings = [], gidMappings = [] } = mount.uidMappings?.length ? mount : linux;
    // Without mappings anywhere those of the namespace count that is joined.
    const path = linux.namespaces?.find(({ type }) => type === "user")?.path ?? "";
    const isJoined = uidMappings.length === 0;
    const key = isJoined ? path : `${mappingLines(uidMappings)}\n${mappingLines(gidMappings)}`;
    return this.#once(key, () =>
      isJoined
        ? this.#p.open("openat", [AT_FDCWD, this.#p.text(path), O_RDONLY | O_CLOEXEC, 0])
        : makeUserNamespace(this.#p, proc, uidMappings, gidMappings),
    );
  }

  #once(key: string, open: () => Register): Data {
    const p = this.#p;
    const known = this.#namespaces.get(key);
    if (known !== undefined) return known;
    const namespace = open();
    const slot = p.space(4, 4);
    p.store(slot, namespace, 4);
    p.release(namespace);
    this.#namespaces.set(key, slot);
    return slot;
  }
}

/** Mappings of a mount need no option beside them. */
function isIdMapped({ uidMappings, options = [] }: Mount): boolean {
  return Boolean(uidMappings?.length) || options.includes("idmap") || options.includes("ridmap");
}
