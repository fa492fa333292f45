import type { DeviceCgroupRule } from "../spec/types.ts";

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
