import { relayReadiness } from "../../container/notify.ts";
import { openSync } from "../../libc/files.ts";
import { systemCall } from "../../libc/system_call.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  summary: "pass on that a container in the foreground is ready",
  hidden: true,
  onBehalfOf: "run",
  arguments: [
    { name: "DESCRIPTOR", summary: "the socket at which it says so" },
    { name: "SOCKET", summary: "where that is passed on to" },
    { name: "PID", summary: "its first process" },
    { name: "START-TIME", summary: "when that started, in clock ticks since boot" },
  ],
  options: {},
  run: (_values, [descriptor, manager, pid, startTime]) => {
    // Whoever reads the container's output waits for no one else.
    const nowhere = openSync("/dev/null", "w");
    for (const stream of [0, 1, 2]) systemCall("dup3", nowhere, stream, 0);
    relayReadiness(Number(descriptor), manager!, { pid: Number(pid), startTime: Number(startTime) });
  },
});
