import { Failure } from "../failure.ts";
import { closeSync, openSync } from "../libc/files.ts";
import { attributesOf, type NetlinkAttribute, type NetlinkMessage, RouteSocket } from "../libc/netlink.ts";
import { SystemCallError, systemCall } from "../libc/system_call.ts";
import { CLONE_NEWNET, IFF_UP } from "../program/constants.ts";
import type { Config } from "../spec/types.ts";

// linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const IFLA_IFNAME = 3;
const IFLA_NET_NS_FD = 28;
const IFA_LABEL = 3;
const IFA_F_PERMANENT = 0x80;
const RT_SCOPE_UNIVERSE = 0;
const NLM_F_CREATE_EXCLUSIVELY = 0x600;
/** sizeof(struct ifinfomsg), sizeof(struct ifaddrmsg) */
const IFINFOMSG_SIZE = 16;
const IFADDRMSG_SIZE = 8;

/**
 * Move network devices of the host into the network namespace of a container's process, under the names they are to
 * have there, with their permanent global addresses, which the kernel takes from a device that moves. They are up then.
 *
 * @param pid of the container's process
 * @throws Failure
 * @see config-linux.md, "Network Devices"
 */
export function moveNetDevices(config: Config, pid: number): void {
  const outside = new RouteSocket();
  const namespace = openSync(`/proc/${pid}/ns/net`);
  const inside = socketIn(namespace);
  try {
    for (const [name, { name: newName = name }] of Object.entries(config.linux?.netDevices ?? {})) {
      const pointer = `/linux/netDevices/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      try {
        moveDevice(outside, inside, namespace, name, newName);
      } catch (cause) {
        if (!(cause instanceof SystemCallError)) throw cause;
        const message = `${pointer}: cannot move the network device ${name}: ${cause.message}`;
        throw new Failure(message, { code: "system", pointer, call: cause.call, errno: cause.errno, cause });
      }
    }
  } finally {
    outside.close();
    inside.close();
    closeSync(namespace);
  }
}

/** A socket in another network namespace: this thread goes there for as long as it takes to open it. */
function socketIn(namespace: number): RouteSocket {
  const own = openSync("/proc/thread-self/ns/net");
  systemCall("setns", namespace, CLONE_NEWNET);
  try {
    return new RouteSocket();
  } finally {
    systemCall("setns", own, CLONE_NEWNET);
    closeSync(own);
  }
}

function moveDevice(outside: RouteSocket, inside: RouteSocket, namespace: number, name: string, newName: string): void {
  const index = indexOf(outside, name);
  const addresses = globalAddresses(outside, index);
  outside.change("move", RTM_NEWLINK, 0, ifinfomsg(index), [
    { type: IFLA_NET_NS_FD, value: word(namespace) },
    { type: IFLA_IFNAME, value: Buffer.from(`${newName}\0`) },
  ]);
  const newIndex = indexOf(inside, newName);
  for (const { fixed, attributes } of addresses) {
    fixed.writeUInt32LE(newIndex, 4);
    inside.change("set address", RTM_NEWADDR, NLM_F_CREATE_EXCLUSIVELY, fixed, attributes);
  }
  inside.change("set up", RTM_NEWLINK, 0, ifinfomsg(newIndex, IFF_UP), []);
}

function indexOf(socket: RouteSocket, name: string): number {
  const link = socket
    .dump("list devices", RTM_GETLINK, ifinfomsg(0))
    .find((message) => textOf(message, IFINFOMSG_SIZE, IFLA_IFNAME) === name);
  const ENODEV = 19;
  if (link === undefined) throw new SystemCallError("find", ENODEV);
  return link.payload.readInt32LE(4);
}

interface Address {
  /** struct ifaddrmsg */
  readonly fixed: Buffer;
  readonly attributes: readonly NetlinkAttribute[];
}

/** As they can be set again: without the label, which has the old name in it. */
function globalAddresses(socket: RouteSocket, index: number): Address[] {
  return socket
    .dump("list addresses", RTM_GETADDR, Buffer.alloc(IFADDRMSG_SIZE))
    .filter(({ payload }) => {
      const [, , flags, scope] = payload;
      return payload.readUInt32LE(4) === index && scope === RT_SCOPE_UNIVERSE && (flags! & IFA_F_PERMANENT) !== 0;
    })
    .map((message) => ({
      fixed: Buffer.from(message.payload.subarray(0, IFADDRMSG_SIZE)),
      attributes: attributesOf(message, IFADDRMSG_SIZE).filter(({ type }) => type !== IFA_LABEL),
    }));
}

function textOf(message: NetlinkMessage, fixedSize: number, type: number): string | undefined {
  return attributesOf(message, fixedSize)
    .find((attribute) => attribute.type === type)
    ?.value.toString("utf8")
    .replace(/\0$/, "");
}

/** @param flags that are to be set, no others being changed */
function ifinfomsg(index: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(IFINFOMSG_SIZE);
  bytes.writeInt32LE(index, 4);
  bytes.writeUInt32LE(flags, 8);
  bytes.writeUInt32LE(flags, 12);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
