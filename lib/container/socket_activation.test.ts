import { afterEach, expect, test } from "bun:test";
import { activatedSockets, withActivatedSockets } from "./socket_activation.ts";

const { LISTEN_PID, LISTEN_FDS } = process.env;
afterEach(() => {
  Object.assign(process.env, { LISTEN_PID, LISTEN_FDS });
  if (LISTEN_PID === undefined) delete process.env.LISTEN_PID;
  if (LISTEN_FDS === undefined) delete process.env.LISTEN_FDS;
});

test.each([
  [String(process.pid), "2", 2],
  [String(process.pid), "many", 0],
  [String(process.pid), "-1", 0],
  ["1", "2", 0],
  ["", "2", 0],
])("LISTEN_PID=%s LISTEN_FDS=%s is %d", (pid, count, expected) => {
  Object.assign(process.env, { LISTEN_PID: pid, LISTEN_FDS: count });
  expect(activatedSockets()).toBe(expected);
});

test("the process is told how many there are, after what its config says", () => {
  const config = { ociVersion: "1.0.0", process: { cwd: "/", env: ["A=1"] } };
  expect(withActivatedSockets(config, 2).process?.env).toEqual(["A=1", "LISTEN_FDS=2", "LISTEN_PID=1"]);
  expect(withActivatedSockets(config, 0)).toBe(config);
});
