import { expect, test } from "bun:test";
import { runCommand, succeeded } from "./command.ts";

test("status, output and errors are the command's", async () => {
  const result = await runCommand(["sh", "-c", "cat; echo err >&2; exit 3"], { stdin: "in" });
  expect(result).toMatchObject({ status: 3, stdout: "in", stderr: "err\n", timedOut: false });
});

test("death by a signal is 128 and its number", async () => {
  expect((await runCommand(["sh", "-c", "kill -KILL $$"])).status).toBe(137);
});

test("a command that takes too long is killed", async () => {
  const result = await runCommand(["sleep", "10"], { timeout: 50 });
  expect(result).toMatchObject({ status: 137, timedOut: true });
});

test("a process that is left behind with the output open is not waited for", async () => {
  const started = performance.now();
  const { stdout } = succeeded(await runCommand(["sh", "-c", "echo started; sleep 2 &"]));
  expect(stdout).toBe("started\n");
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("the environment is not the caller's", async () => {
  process.env.CONFORMANCE_TEST_VARIABLE = "1";
  expect((await runCommand(["env"])).stdout).not.toContain("CONFORMANCE_TEST_VARIABLE");
});

test("a command that failed throws with what it said", async () => {
  const result = await runCommand(["sh", "-c", "echo because >&2; exit 1"]);
  expect(() => succeeded(result)).toThrow("because");
});
