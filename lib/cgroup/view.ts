/** What the container sees of one cgroup v1 hierarchy. */
export interface HierarchyView {
  /** The name of its directory: `cpu,cpuacct`. */
  readonly name: string;
  /** What mount(8) would be given: `cpu,cpuacct` or `name=systemd`. */
  readonly options: string;
  /** The other names of its controllers, which become links. */
  readonly aliases: readonly string[];
  /** The container's cgroup in it, an absolute path on the host. */
  readonly directory: string;
}

/** How cgroups look from inside: the hierarchies of v1, or the one hierarchy of v2. */
export type CgroupView =
  | { readonly version: 1; readonly hierarchies: readonly HierarchyView[] }
  | {
      readonly version: 2;
      /** The container's cgroup, an absolute path on the host; empty if it has none of its own. */
      readonly directory: string;
      /** Where the host has the hierarchy. */
      readonly mountPoint: string;
    };
