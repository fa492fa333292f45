import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRanges } from "./stat_files.ts";
import type { CgroupState } from "./state.ts";
import { readStats } from "./stats.ts";

const root = mkdtempSync(join(tmpdir(), "cgroup-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A directory with these files. */
function tree(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(root, name);
  mkdirSync(directory);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), `${text}\n`);
  return directory;
}

function v1(files: Readonly<Record<string, string>>, name: string): CgroupState {
  const directory = tree(name, files);
  const controllers = ["cpu", "cpuacct", "cpuset", "memory", "pids", "blkio", "hugetlb"];
  return { version: 1, v1: [{ controllers, mountPoint: root, directory }], made: true, madeAbove: [] };
}

function v2(files: Readonly<Record<string, string>>, name: string): CgroupState {
  const location = { controllers: [], mountPoint: root, directory: tree(name, files) };
  return { version: 2, v1: [], v2: location, made: true, madeAbove: [] };
}

const NO_USE = { limit: 0, failcnt: 0 };

describe("v1", () => {
  test("what the kernel counts", () => {
    const stats = readStats(
      v1(
        {
          "cpuacct.usage": "5000",
          "cpuacct.usage_percpu": "4000 1000 ",
          "cpuacct.usage_all": "cpu user system\n0 3000 1000\n1 600 400",
          "cpuacct.stat": "user 3\nsystem 2",
          "cpu.stat": "nr_periods 7\nnr_throttled 0\nthrottled_time 9",
          "cpuset.cpus": "0-1,3",
          "cpuset.mems": "0",
          "cpuset.sched_load_balance": "1",
          "cpuset.sched_relax_domain_level": "-1",
          "memory.stat": "cache 8192\nrss 4096",
          "memory.limit_in_bytes": "9223372036854771712",
          "memory.usage_in_bytes": "12288",
          "memory.failcnt": "1",
          "pids.current": "2",
          "pids.max": "50",
          "blkio.bfq.io_serviced_recursive": "Total 0",
          "blkio.throttle.io_serviced_recursive": "8:0 Read 3\n8:0 Total 3\nTotal 3",
          "blkio.throttle.io_service_bytes_recursive": "8:0 Read 4096\n8:0 Write 0\nTotal 4096",
          "hugetlb.2MB.limit_in_bytes": "0",
          "hugetlb.2MB.rsvd.limit_in_bytes": "0",
          "hugetlb.2MB.rsvd.usage_in_bytes": "2097152",
          "hugetlb.2MB.rsvd.failcnt": "4",
        },
        "v1",
      ),
    );
    expect(stats.cpu).toEqual({
      usage: {
        total: 5000,
        percpu: [4000, 1000],
        percpu_kernel: [1000, 400],
        percpu_user: [3000, 600],
        kernel: 20_000_000,
        user: 30_000_000,
      },
      throttling: { periods: 7, throttledTime: 9 },
    });
    expect(stats.cpuset).toMatchObject({ cpus: [0, 1, 3], mems: [0], sched_load_balance: 1, cpu_exclusive: 0 });
    expect(stats.cpuset.sched_relax_domain_level).toBe(-1);
    expect(stats.memory).toEqual({
      cache: 8192,
      usage: { limit: 9223372036854771712n, usage: 12_288, failcnt: 1 },
      swap: NO_USE,
      kernel: NO_USE,
      kernelTCP: NO_USE,
      raw: { cache: 8192, rss: 4096 },
    });
    expect(stats.pids).toEqual({ current: 2, limit: 50 });
    expect(stats.blkio).toEqual({
      ioServiceBytesRecursive: [
        { major: 8, op: "Read", value: 4096 },
        { major: 8, op: "Write" },
      ],
      ioServicedRecursive: [
        { major: 8, op: "Read", value: 3 },
        { major: 8, op: "Total", value: 3 },
      ],
    });
    expect(stats.hugetlb).toEqual({ "2MB": { usage: 2_097_152, failcnt: 4 } });
    expect([stats.intel_rdt, stats.network_interfaces]).toEqual([{}, null]);
  });

  test("nothing where the machine counts nothing", () => {
    const stats = readStats({ version: 1, v1: [], made: true, madeAbove: [] });
    expect(stats.cpu).toEqual({ usage: { kernel: 0, user: 0 }, throttling: {} });
    expect([stats.pids, stats.blkio, stats.hugetlb]).toEqual([{}, {}, {}]);
  });
});

describe("v2", () => {
  test("what the kernel counts", () => {
    const stats = readStats(
      v2(
        {
          "cpu.stat": "usage_usec 10\nuser_usec 6\nsystem_usec 4\nnr_periods 3\nnr_throttled 2\nthrottled_usec 1",
          "cpu.pressure":
            "some avg10=1.50 avg60=0.00 avg300=0.00 total=12\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=3",
          "memory.stat": "anon 4096\nfile 8192",
          "memory.current": "12288",
          "memory.max": "67108864",
          "memory.peak": "16384",
          "memory.swap.current": "4096",
          "memory.swap.max": "1048576",
          "pids.current": "1",
          "pids.max": "max",
          "io.stat": "8:16 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=5 dios=6",
          "hugetlb.2MB.max": "max",
          "hugetlb.2MB.current": "0",
          "hugetlb.2MB.rsvd.current": "0",
          "hugetlb.2MB.events": "max 2",
        },
        "v2",
      ),
    );
    expect(stats.cpu).toEqual({
      usage: { total: 10_000, kernel: 4000, user: 6000 },
      throttling: { periods: 3, throttledPeriods: 2, throttledTime: 1000 },
      psi: {
        some: { avg10: 1.5, avg60: 0, avg300: 0, total: 12 },
        full: { avg10: 0, avg60: 0, avg300: 0, total: 3 },
      },
    });
    expect(stats.memory).toEqual({
      cache: 8192,
      usage: { limit: 67_108_864, usage: 12_288, max: 16_384, failcnt: 0 },
      swap: { limit: 68_157_440, usage: 16_384, failcnt: 0 },
      kernel: NO_USE,
      kernelTCP: NO_USE,
      raw: { anon: 4096, file: 8192 },
    });
    expect(stats.pids).toEqual({ current: 1 });
    expect(stats.blkio).toEqual({
      ioServiceBytesRecursive: [
        { major: 8, minor: 16, op: "Read", value: 4096 },
        { major: 8, minor: 16, op: "Write" },
      ],
      ioServicedRecursive: [
        { major: 8, minor: 16, op: "Read", value: 1 },
        { major: 8, minor: 16, op: "Write" },
      ],
    });
    expect(stats.hugetlb).toEqual({ "2MB": { failcnt: 2 } });
  });

  test("no limit", () => {
    const stats = readStats(v2({ "memory.current": "5", "memory.max": "max", "memory.swap.max": "100" }, "unlimited"));
    expect(stats.memory.usage.limit).toBe(2n ** 64n - 1n);
    expect(stats.memory.swap.limit).toBe(2n ** 64n - 1n);
  });
});

test("ranges", () => {
  expect(parseRanges("")).toEqual([]);
  expect(parseRanges("0-2,7")).toEqual([0, 1, 2, 7]);
});
