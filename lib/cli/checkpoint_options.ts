import type { CheckpointSettings } from "../container/criu_options.ts";
import { CgroupMode, NetworkLock } from "../criu/messages.ts";
import { Failure } from "../failure.ts";
import { resolve } from "../libc/paths.ts";
import type { Options, Values } from "./command.ts";

const DEFAULT_IMAGE_PATH = "checkpoint";

/** What `checkpoint` and `restore` have in common. */
export const CHECKPOINT_OPTIONS = {
  "image-path": { kind: "string", value: "DIR", summary: "where the images are (default: ./checkpoint)" },
  "work-path": {
    kind: "string",
    value: "DIR",
    summary: "where CRIU writes its log and files that are needed no longer (default: beside the images)",
  },
  "tcp-established": { kind: "flag", summary: "take established TCP connections along" },
  "tcp-close": { kind: "flag", summary: "established TCP connections are closed in the restored container" },
  "ext-unix-sk": { kind: "flag", summary: "allow Unix sockets that are connected to others outside of the container" },
  "shell-job": { kind: "flag", summary: "allow processes that belong to the session of a terminal outside" },
  "file-locks": { kind: "flag", summary: "take locks of files along" },
  "manage-cgroups-mode": {
    kind: "string",
    value: "MODE",
    choices: Object.keys(CgroupMode).reverse(),
    summary:
      "how cgroups that the container made itself are restored: strict (they must not exist), full (set anew), soft " +
      "(default: left as they are if they exist), ignore",
  },
  "empty-ns": {
    kind: "list",
    value: "NAMESPACE",
    choices: ["network"],
    summary:
      "make a namespace without the devices that it had: network, for which that is done always, since its devices are " +
      "made by whoever calls tsrun",
  },
  "auto-dedup": { kind: "flag", summary: "remove memory from older images that newer ones or the container have" },
  "lazy-pages": {
    kind: "flag",
    summary: "restore memory only when it is used, from a page server (userfaultfd)",
  },
  "network-lock": {
    kind: "string",
    value: "METHOD",
    choices: Object.keys(NetworkLock),
    summary: "what keeps packets from established connections meanwhile: iptables (default), nftables, skip",
  },
} as const satisfies Options;

/** @throws Failure */
export function checkpointSettings(values: Values<typeof CHECKPOINT_OPTIONS>): CheckpointSettings {
  return {
    imagePath: resolve(values["image-path"] || DEFAULT_IMAGE_PATH),
    workPath: values["work-path"] ? resolve(values["work-path"]) : undefined,
    tcpEstablished: values["tcp-established"],
    tcpClose: values["tcp-close"],
    externalUnixSockets: values["ext-unix-sk"],
    shellJob: values["shell-job"],
    fileLocks: values["file-locks"],
    autoDedup: values["auto-dedup"],
    lazyPages: values["lazy-pages"],
    cgroupMode: values["manage-cgroups-mode"] as CgroupMode | undefined,
    networkLock: values["network-lock"] as NetworkLock | undefined,
  };
}

const LARGEST_PORT = 65_535;

/** `ADDRESS:PORT`, an IPv6 address in brackets. @throws Failure */
export function parsePageServer(text: string): { address: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(digits);
  if (address !== undefined && port > 0 && port <= LARGEST_PORT) return { address, port };
  throw new Failure(`option --page-server is to be ADDRESS:PORT, not ${JSON.stringify(text)}`, { code: "usage" });
}
