import type { BlockIoThrottleDevice, DeviceCgroupRule, Resources } from "../spec/types.ts";
import { deviceList, formatException } from "./device_list.ts";
import { placeRules } from "./device_rules.ts";
import type { Setting } from "./write.ts";

const AT = "/linux/resources";

/**
 * What resource limits are on cgroup v1. A limit of zero is none, as in runc, and so is one of kernel memory, which the
 * kernel gave up.
 *
 * @see config-linux.md, "Control groups"; Documentation/admin-guide/cgroup-v1
 */
export function v1Settings(resources: Resources | undefined): Setting[] {
  const settings: Setting[] = [];
  const add = (pointer: string, file: string, value: unknown, optional = false): void => {
    settings.push({ pointer: `${AT}${pointer}`, file, value: String(value), optional });
  };
  const { memory = {}, cpu = {}, pids, blockIO = {}, hugepageLimits = [], network = {}, rdma = {} } = resources ?? {};

  if (memory.limit) add("/memory/limit", "memory.limit_in_bytes", memory.limit);
  if (memory.swap) add("/memory/swap", "memory.memsw.limit_in_bytes", memory.swap);
  else if (memory.limit === -1) add("/memory/limit", "memory.memsw.limit_in_bytes", -1, true);
  if (memory.reservation) add("/memory/reservation", "memory.soft_limit_in_bytes", memory.reservation);
  if (memory.kernelTCP) add("/memory/kernelTCP", "memory.kmem.tcp.limit_in_bytes", memory.kernelTCP);
  if (memory.disableOOMKiller) add("/memory/disableOOMKiller", "memory.oom_control", 1);
  if (memory.useHierarchy) add("/memory/useHierarchy", "memory.use_hierarchy", 1, true);
  // A larger number is an old way to say that it stays as it is.
  const { swappiness } = memory;
  if (swappiness !== undefined && swappiness <= 100) add("/memory/swappiness", "memory.swappiness", swappiness);

  if (cpu.shares) add("/cpu/shares", "cpu.shares", cpu.shares);
  if (cpu.realtimePeriod) add("/cpu/realtimePeriod", "cpu.rt_period_us", cpu.realtimePeriod);
  if (cpu.realtimeRuntime) add("/cpu/realtimeRuntime", "cpu.rt_runtime_us", cpu.realtimeRuntime);
  if (cpu.period) add("/cpu/period", "cpu.cfs_period_us", cpu.period);
  if (cpu.quota) add("/cpu/quota", "cpu.cfs_quota_us", cpu.quota);
  if (cpu.burst !== undefined) add("/cpu/burst", "cpu.cfs_burst_us", cpu.burst);
  if (cpu.idle !== undefined) add("/cpu/idle", "cpu.idle", cpu.idle);
  if (cpu.cpus) add("/cpu/cpus", "cpuset.cpus", cpu.cpus);
  if (cpu.mems) add("/cpu/mems", "cpuset.mems", cpu.mems);

  if (pids !== undefined) add("/pids/limit", "pids.max", pidsLimit(pids.limit));

  const addWeight = (pointer: string, file: string, bfqFile: string, value: string): void => {
    settings.push({ pointer: `${AT}${pointer}`, file, value, otherwise: { file: bfqFile, value } });
  };
  if (blockIO.weight) addWeight("/blockIO/weight", "blkio.weight", "blkio.bfq.weight", String(blockIO.weight));
  if (blockIO.leafWeight) add("/blockIO/leafWeight", "blkio.leaf_weight", blockIO.leafWeight);
  for (const [i, { major, minor, weight, leafWeight }] of (blockIO.weightDevice ?? []).entries()) {
    const at = `/blockIO/weightDevice/${i}`;
    if (weight) {
      addWeight(`${at}/weight`, "blkio.weight_device", "blkio.bfq.weight_device", `${major}:${minor} ${weight}`);
    }
    if (leafWeight) add(`${at}/leafWeight`, "blkio.leaf_weight_device", `${major}:${minor} ${leafWeight}`);
  }
  const throttles: readonly (readonly [keyof typeof blockIO, string, readonly BlockIoThrottleDevice[] | undefined])[] =
    [
      ["throttleReadBpsDevice", "blkio.throttle.read_bps_device", blockIO.throttleReadBpsDevice],
      ["throttleWriteBpsDevice", "blkio.throttle.write_bps_device", blockIO.throttleWriteBpsDevice],
      ["throttleReadIOPSDevice", "blkio.throttle.read_iops_device", blockIO.throttleReadIOPSDevice],
      ["throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", blockIO.throttleWriteIOPSDevice],
    ];
  for (const [field, file, devices = []] of throttles) {
    for (const [i, { major, minor, rate = 0 }] of devices.entries()) {
      add(`/blockIO/${field}/${i}`, file, `${major}:${minor} ${rate}`);
    }
  }

  for (const [i, { pageSize, limit }] of hugepageLimits.entries()) {
    add(`/hugepageLimits/${i}`, `hugetlb.${pageSize}.limit_in_bytes`, limit);
    add(`/hugepageLimits/${i}`, `hugetlb.${pageSize}.rsvd.limit_in_bytes`, limit, true);
  }
  if (network.classID) add("/network/classID", "net_cls.classid", network.classID);
  for (const [i, { name, priority }] of (network.priorities ?? []).entries()) {
    add(`/network/priorities/${i}`, "net_prio.ifpriomap", `${name} ${priority}`);
  }
  addRdma(settings, rdma);
  return settings;
}

/** Zero tasks are none at all, which nobody means: as in runc it is one. @see peers: 0 is 1, below 0 no limit */
export function pidsLimit(limit: number | bigint): string {
  if (limit < 0) return "max";
  return limit === 0 || limit === 0n ? "1" : String(limit);
}

export function addRdma(settings: Setting[], rdma: NonNullable<Resources["rdma"]>): void {
  for (const [device, { hcaHandles, hcaObjects }] of Object.entries(rdma)) {
    const limits = [
      ...(hcaHandles === undefined ? [] : [`hca_handle=${hcaHandles}`]),
      ...(hcaObjects === undefined ? [] : [`hca_object=${hcaObjects}`]),
    ];
    settings.push({ pointer: `${AT}/rdma/${device}`, file: "rdma.max", value: `${device} ${limits.join(" ")}` });
  }
}

/**
 * Which devices may be used: as in runc none but the default ones if the config has no rules. The default comes first,
 * because it removes all exceptions.
 *
 * @throws Failure on rules that v1 cannot express
 */
export function v1DeviceSettings(rules: readonly DeviceCgroupRule[] | undefined): Setting[] {
  const { allowsByDefault, exceptions } = deviceList(placeRules(rules));
  return [
    { pointer: `${AT}/devices`, file: allowsByDefault ? "devices.allow" : "devices.deny", value: "a" },
    ...exceptions.map((exception) => ({
      pointer: exception.pointer,
      file: allowsByDefault ? "devices.deny" : "devices.allow",
      value: formatException(exception),
    })),
  ];
}
