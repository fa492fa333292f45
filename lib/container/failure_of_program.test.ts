import { expect, test } from "bun:test";
import { ProgramBuilder } from "../program/builder.ts";
import { EINVAL, ENOSYS } from "../program/errno.ts";
import { ANY_ENTRY } from "../program/instruction.ts";
import { failureOfProgram } from "./failure_of_program.ts";

const CONFIG = { ociVersion: "1.3.0" };

async function messageOf(name: "seccomp" | "sched_setattr", errno: number): Promise<string> {
  const p = new ProgramBuilder("x86_64");
  p.at("/entry", () => p.call(name, [0, 0, 0]));
  const program = p.build();
  const at = program.instructions.findIndex((instruction) => instruction.name === name);
  return (await failureOfProgram(program, CONFIG, { instruction: at, value: errno, entry: 0 })).message;
}

test("a flag that the kernel does not know is told of as such", async () => {
  expect(await messageOf("seccomp", EINVAL)).toMatch(/flags that `tsrun features` lists: invalid argument$/);
});

test("a real-time policy that is refused is told of with what it takes", async () => {
  expect(await messageOf("sched_setattr", 1)).toMatch(/cpu\.realtimeRuntime .*: operation not permitted$/);
});

test("of a loop over entries the entry is named", async () => {
  const p = new ProgramBuilder("x86_64");
  p.at(`/linux/maskedPaths/${ANY_ENTRY}`, () =>
    p.forEach([p.text("proc/keys"), p.text("proc/acpi")], (path) => p.call("chdir", [path])),
  );
  const program = p.build();
  const instruction = program.instructions.findIndex(({ name }) => name === "chdir");
  const config = { ...CONFIG, linux: { maskedPaths: ["/proc/keys", "/proc/acpi"] } };
  const failure = await failureOfProgram(program, config, { instruction, value: EINVAL, entry: 1 });
  expect(failure.message).toStartWith("/linux/maskedPaths/1 (/proc/acpi): chdir(");
});

test("another errno of the same calls is told of as it is", async () => {
  expect(await messageOf("seccomp", ENOSYS)).toMatch(/: ENOSYS: /);
});
