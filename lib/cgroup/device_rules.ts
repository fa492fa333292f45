import type { DeviceCgroupRule } from "../spec/types.ts";

/** A device rule and where it comes from: a JSON Pointer into config.json, or `default/devices`. */
export interface PlacedRule {
  readonly pointer: string;
  readonly rule: DeviceCgroupRule;
}

/** Stands for every device number. */
export const ANY = -1;

/** Kinds of access as bits: those of BPF_DEVCG_ACC_READ and its like. */
const MAKE = 1;
const READ = 2;
const WRITE = 4;
export const EVERY_ACCESS = MAKE | READ | WRITE;

const device = (major: number, minor: number | undefined): DeviceCgroupRule => ({
  allow: true,
  type: "c",
  major,
  ...(minor !== undefined && { minor }),
  access: "rwm",
});

/**
 * What is allowed whatever the config says: making device nodes (using them is another matter), the default devices,
 * pseudo-terminals, and tun, which runc allows too since users missed it.
 */
export const DEFAULT_DEVICE_RULES: readonly DeviceCgroupRule[] = [
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  device(1, 3),
  device(1, 5),
  device(1, 7),
  device(1, 8),
  device(1, 9),
  device(5, 0),
  device(5, 2),
  device(136, undefined),
  device(10, 200),
];

/** The rules of a config, and after them the ones that every container gets. */
export function placeRules(rules: readonly DeviceCgroupRule[] | undefined): PlacedRule[] {
  return [
    ...(rules ?? []).map((rule, i) => ({ pointer: `/linux/resources/devices/${i}`, rule })),
    ...DEFAULT_DEVICE_RULES.map((rule) => ({ pointer: "default/devices", rule })),
  ];
}

/** A device number of a rule, ANY if it names none. */
export function ruleNumber(number: number | undefined): number {
  return number === undefined || number < 0 ? ANY : number;
}

/** The kinds of access that a rule names as bits; all of them if it names none. */
export function accessBits({ access }: DeviceCgroupRule): number {
  if (!access) return EVERY_ACCESS;
  return (access.includes("m") ? MAKE : 0) | (access.includes("r") ? READ : 0) | (access.includes("w") ? WRITE : 0);
}

/** Kinds of access as the letters of the kernel, in its order. */
export function accessLetters(bits: number): string {
  return `${bits & READ ? "r" : ""}${bits & WRITE ? "w" : ""}${bits & MAKE ? "m" : ""}`;
}
