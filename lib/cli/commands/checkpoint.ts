import { checkpointContainer } from "../../container/checkpoint.ts";
import { writableDescriptor } from "../../container/descriptors.ts";
import { Failure } from "../../failure.ts";
import { CHECKPOINT_OPTIONS, checkpointSettings, parsePageServer } from "../checkpoint_options.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "write a container's processes to images, by CRIU",
  description:
    "The container may be running or paused. It is deleted afterwards unless it is to stay. If it cannot be written, it " +
    'goes on as before, and the error names the reason that CRIU gives and its log. "tsrun restore" brings it back.',
  arguments: [CONTAINER_ID],
  options: {
    ...CHECKPOINT_OPTIONS,
    "parent-path": {
      kind: "string",
      value: "DIR",
      summary: "images of an earlier --pre-dump, relative to --image-path: only memory that has changed is written",
    },
    "leave-running": { kind: "flag", summary: "let the container go on afterwards" },
    "pre-dump": { kind: "flag", summary: "write the memory only, and let the container go on" },
    "tcp-skip-in-flight": { kind: "flag", summary: "leave out TCP connections that are being made" },
    "link-remap": {
      kind: "flag",
      summary: "take along open files that have no name any more, by new names beside them",
    },
    "page-server": {
      kind: "string",
      value: "ADDRESS:PORT",
      summary: "send memory to a page server, or serve it there with --lazy-pages",
    },
    "status-fd": {
      kind: "integer",
      value: "N",
      summary: "with --lazy-pages: write a zero byte to this descriptor once memory can be fetched, and close it",
    },
  },
  run: (values, [id], { root }) => {
    const parentPath = values["parent-path"] || undefined;
    if (parentPath?.startsWith("/")) throw new Failure("--parent-path must be relative", { code: "usage" });
    const statusFd = values["status-fd"] ?? -1;
    return checkpointContainer({
      ...checkpointSettings(values),
      root,
      id: id!,
      parentPath,
      leaveRunning: values["leave-running"],
      preDump: values["pre-dump"],
      linkRemap: values["link-remap"],
      tcpSkipInFlight: values["tcp-skip-in-flight"],
      statusDescriptor: statusFd < 0 || !values["lazy-pages"] ? undefined : writableDescriptor(statusFd, "--status-fd"),
      pageServer: values["page-server"] ? parsePageServer(values["page-server"]) : undefined,
    });
  },
});
