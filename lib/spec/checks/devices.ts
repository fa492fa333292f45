/** Checks of `linux.devices` and `linux.netDevices`. */

import { pointerPart } from "../json_position.ts";
import { hasNamespace } from "../namespaces.ts";
import { unexpected } from "../problem.ts";
import type { Config, Device } from "../types.ts";
import type { Report } from "./check.ts";

/** The largest numbers that the kernel's dev_t holds. */
const maxNumber = { major: 0xfff, minor: 0xfffff } as const;

/** @see config-linux.md, "Devices" */
export function checkDevices(config: Config, report: Report): void {
  const devices = config.linux?.devices;
  if (devices === undefined) return;
  for (let i = 0; i < devices.length; i++) {
    const device = devices[i]!;
    const pointer = `/linux/devices/${i}`;
    if (!device.path.startsWith("/")) report(unexpected(`${pointer}/path`, "an absolute path", device.path));
    if (device.type !== "p") checkNumbers(device, pointer, report);
    const other = devices.findIndex((earlier) => earlier.path === device.path);
    if (other < i && !sameDevice(devices[other]!, device)) {
      report({ pointer: `${pointer}/path`, message: `${device.path} is already another device, of entry ${other}` });
    }
  }
}

function checkNumbers(device: Device, pointer: string, report: Report): void {
  for (const key of ["major", "minor"] as const) {
    const number = device[key];
    if (number === undefined || number < 0 || number > maxNumber[key]) {
      report(unexpected(`${pointer}/${key}`, `a device number from 0 to ${maxNumber[key]}`, number));
    }
  }
}

function sameDevice(a: Device, b: Device): boolean {
  const kind = (device: Device): string => (device.type === "u" ? "c" : device.type);
  return kind(a) === kind(b) && (a.type === "p" || (a.major === b.major && a.minor === b.minor));
}

/** The longest name of a network device (IFNAMSIZ without the closing NUL). */
const maxInterfaceName = 15;

/** Whether the kernel takes a string as the name of a network device. */
function isInterfaceName(name: string): boolean {
  if (name === "." || name === ".." || Buffer.byteLength(name) > maxInterfaceName) return false;
  return /^[^\s/:]+$/.test(name);
}

/** @see config-linux.md, "Network Devices" */
export function checkNetDevices(config: Config, report: Report): void {
  const devices = config.linux?.netDevices;
  if (devices === undefined) return;
  const names: string[] = [];
  const expected = `a name of 1 to ${maxInterfaceName} bytes without spaces, slashes and colons`;
  for (const [hostName, { name = hostName }] of Object.entries(devices)) {
    const pointer = `/linux/netDevices/${pointerPart(hostName)}`;
    if (!isInterfaceName(hostName)) report(unexpected(pointer, expected, hostName));
    else if (!isInterfaceName(name)) report(unexpected(`${pointer}/name`, expected, name));
    if (names.includes(name)) report({ pointer, message: `two devices would be called ${name}` });
    names.push(name);
  }
  if (names.length > 0 && !hasNamespace(config, "network")) {
    const message = "netDevices need a network namespace of the container's own";
    report({ pointer: "/linux/netDevices", message });
  }
}
