import { failExec } from "../../container/exec.ts";
import { describeErrno } from "../../program/errno.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  summary: "tell why a process could not be executed in a container",
  hidden: true,
  onBehalfOf: "exec",
  failureStatus: 255,
  arguments: [
    { name: "COMMAND", summary: "what was to be executed" },
    { name: "INSTRUCTION", summary: "where its program failed" },
    { name: "ERRNO", summary: "with which error" },
  ],
  options: {},
  run: (_values, [name, _instruction, errno]) => {
    const number = Number(errno);
    failExec(name!, number, describeErrno(number));
  },
});
