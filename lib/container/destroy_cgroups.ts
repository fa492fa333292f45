import { destroyCgroup } from "../cgroup/cgroup.ts";
import type { CgroupState } from "../cgroup/state.ts";

/** Remove a container's cgroups, and let systemd forget the unit whose they are. @throws Failure */
export async function destroyCgroups(state: CgroupState): Promise<void> {
  if (state.systemd !== undefined) (await import("../cgroup/systemd/driver.ts")).stopUnit(state);
  destroyCgroup(state);
}
