/**
 * Generated configs, always the same for the same seed. A config is a base and a list of changes, so that one that shows a
 * difference can be made smaller by leaving changes out.
 */

import type { Namespace } from "../../lib/spec/types.ts";
import { type Dice, mutate, seededDice } from "../../spec-schemas/mutations.ts";
import { engineConfig, minimalConfig, type TestConfig, typicalConfig } from "../harness/base_configs.ts";
import { dictionary, pick } from "./dictionary.ts";
import { propertiesOf, valueAt } from "./schema_values.ts";

/** One change of a config: what, and the seed by which its values are chosen. */
export interface Change {
  readonly name: string;
  readonly seed: number;
}

export interface Recipe {
  readonly base: string;
  readonly changes: readonly Change[];
}

type Apply = (config: TestConfig, dice: Dice) => void;

export const BASES: Readonly<Record<string, () => TestConfig>> = {
  minimal: minimalConfig,
  typical: typicalConfig,
  ...Object.fromEntries(
    ["docker-default", "docker-limits", "docker-readonly-user", "docker-tty", "containerd-ctr"].map((name) => [
      `${name}.json`,
      () => {
        const config = engineConfig(`${name}.json`);
        config.process.terminal = false; // a terminal is compared where terminals are tested
        delete config.process.apparmorProfile;
        return config;
      },
    ]),
  ),
};

/** What is not changed: what would reach out of the bundle, what no peer of today reads, what the process is. */
const left = new Set([
  ...["/ociVersion", "/root", "/process", "/linux", "/hooks", "/vm", "/windows", "/solaris", "/zos", "/freebsd"],
  ...["/process/args", "/process/commandLine", "/process/terminal", "/process/consoleSize"],
  ...["/process/apparmorProfile", "/process/selinuxLabel", "/process/execCPUAffinity"],
  ...["/linux/cgroupsPath", "/linux/resources", "/linux/namespaces", "/linux/uidMappings", "/linux/gidMappings"],
  ...["/linux/netDevices", "/linux/intelRdt", "/linux/mountLabel"],
]);

const paths = ["", "/process", "/linux", "/linux/resources"].flatMap(propertiesOf).filter((path) => !left.has(path));

function put(config: TestConfig, path: string, value: unknown): void {
  const keys = path.split("/").slice(1);
  const last = keys.pop() ?? "";
  let at = config as unknown as Record<string, unknown>;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
}

const pairs = new Set(["/linux/sysctl"]);

function change(path: string): Apply {
  return (config, dice) => {
    if (path === "/mounts") config.mounts.push(valueAt("/mounts/*", dictionary, dice) as TestConfig["mounts"][number]);
    else {
      if (path === "/linux/timeOffsets") addTo(config, { type: "time" });
      const value = valueAt(path, dictionary, dice);
      put(config, path, pairs.has(path) ? Object.fromEntries(value as [string, string][]) : value);
    }
  };
}

function addTo({ linux }: TestConfig, namespace: Namespace): void {
  linux.namespaces = [...linux.namespaces.filter(({ type }) => type !== namespace.type), namespace];
}

const shareNamespace: Apply = ({ linux }, dice) => {
  const kind = pick(["ipc", "network", "pid", "uts", "cgroup"], dice);
  linux.namespaces = linux.namespaces.filter(({ type }) => type !== kind);
};

const addNamespace: Apply = (config, dice) =>
  addTo(
    config,
    pick<Namespace>(
      [{ type: "cgroup" }, { type: "time" }, { type: "ipc", path: "/proc/self/ns/ipc" }, { type: "uts" }],
      dice,
    ),
  );

const userNamespace: Apply = ({ linux }, dice) => {
  if (linux.namespaces.some(({ type }) => type === "user")) return;
  linux.namespaces.push({ type: "user" });
  const mappings = pick(
    [
      [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      [{ containerID: 0, hostID: 0, size: 70_000 }],
      [
        { containerID: 0, hostID: 200_000, size: 1_000 },
        { containerID: 1_000, hostID: 0, size: 66_000 },
      ],
    ],
    dice,
  );
  linux.uidMappings = mappings;
  linux.gidMappings = mappings;
};

const readOnlyRoot: Apply = (config) => {
  config.root.readonly = true;
};

/** Parts that may be spoiled without a risk for the machine. */
const spoilt = [
  "hostname",
  "process.user",
  "process.env",
  "process.cwd",
  "process.capabilities",
  "process.rlimits",
].concat([
  "linux.resources",
  "linux.seccomp",
  "linux.devices",
  "linux.maskedPaths",
  "linux.readonlyPaths",
  "linux.sysctl",
]);

const spoil: Apply = (config, dice) => {
  const [outer = "", inner] = pick(spoilt, dice).split(".");
  const holder = (inner === undefined ? config : config[outer as "linux"]) as unknown as Record<string, unknown>;
  const key = inner ?? outer;
  if (holder[key] !== undefined) holder[key] = (mutate({ it: holder[key] }, dice) as { it: unknown }).it;
};

const changes: Readonly<Record<string, Apply>> = {
  ...Object.fromEntries(paths.map((path) => [path, change(path)])),
  "share a namespace": shareNamespace,
  "add a namespace": addNamespace,
  "user namespace": userNamespace,
  "read-only root": readOnlyRoot,
  spoil,
};

/** The names of all changes: places of the schema, and some that concern more than one place. */
export const CHANGES: readonly string[] = Object.keys(changes);

/** Mounts have the most to tell. */
const bag = [...CHANGES, ...Array.from({ length: 8 }, () => "/mounts")].filter((name) => name !== "spoil");

/** The recipe of one config: `index` counts the configs of a seed. */
export function recipeOf(seed: number, index: number): Recipe {
  const dice = seededDice(seed * 1_000_003 + index);
  const base = pick(Object.keys(BASES), dice);
  const choose = (): string => {
    const name = pick(bag, dice);
    return rare.has(name) && dice(4) > 0 ? "/mounts" : name;
  };
  const chosen = Array.from({ length: 1 + dice(6) }, () => ({ name: choose(), seed: dice(2 ** 31) }));
  if (dice(8) === 0) chosen.push({ name: "spoil", seed: dice(2 ** 31) });
  return { base, changes: chosen };
}

/** What most machines do not have, and so refuse. */
const rare = new Set(["hugepageLimits", "network", "rdma", "unified"].map((name) => `/linux/resources/${name}`));

/** Carry out a recipe. */
export function buildConfig({ base, changes: chosen }: Recipe): TestConfig {
  const config = BASES[base]?.();
  if (config === undefined) throw new Error(`there is no base ${base}`);
  for (const { name, seed } of chosen) changes[name]?.(config, seededDice(seed));
  return config;
}
