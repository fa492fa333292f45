import { expect, test } from "bun:test";
import { ProgramBuilder } from "../program/builder.ts";
import { EINVAL, ENOSYS } from "../program/errno.ts";
import { failureOfProgram } from "./failure_of_program.ts";

const CONFIG = { ociVersion: "1.3.0" };

async function messageOf(errno: number): Promise<string> {
  const p = new ProgramBuilder("x86_64");
  p.at("/linux/seccomp", () => p.call("seccomp", [1, 64, 0]));
  const program = p.build();
  const at = program.instructions.findIndex(({ name }) => name === "seccomp");
  return (await failureOfProgram(program, CONFIG, at, errno)).message;
}

test("a flag that the kernel does not know is told of as such", async () => {
  expect(await messageOf(EINVAL)).toContain("the flags that `tsrun features` lists");
});

test("another errno is not", async () => {
  expect(await messageOf(ENOSYS)).not.toContain("features");
});
