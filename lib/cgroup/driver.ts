/** Who makes the cgroups of containers: tsrun itself, systemd, or nobody: there are none then. */
export type CgroupDriver = "cgroupfs" | "systemd" | "disabled";
