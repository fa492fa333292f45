import { updateContainer } from "../../container/update.ts";
import { readFileSync } from "../../libc/files.ts";
import { parseResources, readDocument } from "../../spec/load.ts";
import type { Resources } from "../../spec/types.ts";
import { defineCommand, type Values } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { writeEntry } from "../log.ts";

const OPTIONS = {
  resources: {
    kind: "string",
    short: "r",
    value: "FILE",
    summary:
      "read the limits from FILE (-: standard input), as linux.resources has them; other options count for nothing then",
  },
  "blkio-weight": { kind: "integer", value: "N", summary: "the weight of block I/O, 10 to 1000" },
  "cpu-period": {
    kind: "integer",
    mayBeEmpty: true,
    smallest: 0,
    value: "US",
    summary: "the period of the processor time quota, in microseconds",
  },
  "cpu-quota": {
    kind: "integer",
    mayBeEmpty: true,
    value: "US",
    summary: "processor time in each period, in microseconds",
  },
  "cpu-burst": {
    kind: "integer",
    mayBeEmpty: true,
    smallest: 0,
    value: "US",
    summary: "processor time that may be saved up, in microseconds",
  },
  "cpu-share": {
    kind: "integer",
    mayBeEmpty: true,
    smallest: 0,
    value: "N",
    summary: "the weight of processor time against other containers",
  },
  "cpu-rt-period": {
    kind: "integer",
    mayBeEmpty: true,
    smallest: 0,
    value: "US",
    summary: "the period of real-time scheduling, in microseconds",
  },
  "cpu-rt-runtime": {
    kind: "integer",
    mayBeEmpty: true,
    value: "US",
    summary: "real-time scheduling in each period, in microseconds",
  },
  "cpu-idle": { kind: "integer", mayBeEmpty: true, value: "0|1", summary: "1: run only when nothing else does" },
  "cpuset-cpus": { kind: "string", value: "LIST", summary: "the processors: 0-3,7" },
  "cpuset-mems": { kind: "string", value: "LIST", summary: "the memory nodes: 0,2" },
  "kernel-memory": { kind: "string", value: "SIZE", summary: "ignored: the kernel gave it up", hidden: true },
  "kernel-memory-tcp": { kind: "string", value: "SIZE", summary: "ignored: the kernel gave it up", hidden: true },
  memory: { kind: "size", mayBeEmpty: true, value: "SIZE", summary: "the limit of memory, as 512m; -1: none" },
  "memory-reservation": { kind: "size", mayBeEmpty: true, value: "SIZE", summary: "the soft limit of memory" },
  "memory-swap": {
    kind: "size",
    mayBeEmpty: true,
    value: "SIZE",
    summary: "the limit of memory and swap together; -1: none",
  },
  "pids-limit": { kind: "integer", value: "N", summary: "how many tasks there may be; -1: any number" },
  "l3-cache-schema": { kind: "string", value: "SCHEMA", summary: "Intel RDT: the part of the L3 cache, as L3:0=f" },
  "mem-bw-schema": { kind: "string", value: "SCHEMA", summary: "Intel RDT: the memory bandwidth, as MB:0=50" },
} as const;

export const command = defineCommand({
  summary: "change the limits of a container",
  description:
    "What is not given stays as it is. If the kernel refuses a limit, those set before it are put back, and the error " +
    "names the limit.",
  arguments: [CONTAINER_ID],
  options: OPTIONS,
  run: async (values, [id], { root, log }) => {
    for (const name of ["kernel-memory", "kernel-memory-tcp"] as const) {
      if (values[name]) writeEntry(log, "warning", `update: --${name} is ignored`);
    }
    const resources = values.resources ? fromFile(values.resources) : fromOptions(values);
    await updateContainer(root, id!, resources, {
      ...(values["l3-cache-schema"] && { l3CacheSchema: values["l3-cache-schema"] }),
      ...(values["mem-bw-schema"] && { memBwSchema: values["mem-bw-schema"] }),
    });
  },
});

function fromFile(path: string): Resources {
  const STDIN = 0;
  if (path === "-") return parseResources(readFileSync(STDIN, "utf8"), "standard input");
  return parseResources(readDocument(path, path), path);
}

function fromOptions(values: Values<typeof OPTIONS>): Resources {
  const cpu = given({
    shares: values["cpu-share"],
    quota: values["cpu-quota"],
    burst: values["cpu-burst"],
    period: values["cpu-period"],
    realtimeRuntime: values["cpu-rt-runtime"],
    realtimePeriod: values["cpu-rt-period"],
    cpus: values["cpuset-cpus"],
    mems: values["cpuset-mems"],
    idle: values["cpu-idle"],
  });
  const memory = given({
    limit: values.memory,
    reservation: values["memory-reservation"],
    swap: values["memory-swap"],
  });
  const limit = values["pids-limit"];
  const weight = values["blkio-weight"];
  return {
    ...(Object.keys(cpu).length > 0 && { cpu }),
    ...(Object.keys(memory).length > 0 && { memory }),
    ...(limit !== undefined && { pids: { limit } }),
    ...(weight !== undefined && { blockIO: { weight } }),
  };
}

/** The fields that have a value. */
function given<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}
