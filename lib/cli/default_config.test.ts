import { expect, test } from "bun:test";
import { validateText } from "../spec/load.ts";
import { configWarnings } from "../spec/warnings.ts";
import { defaultConfig, rootlessConfig } from "./default_config.ts";

test.each([
  ["for root, cgroup v1", defaultConfig(false)],
  ["for root, cgroup v2", defaultConfig(true)],
  ["rootless", rootlessConfig(true, 1000, 100)],
])("the config to start from is valid: %s", (_, config) => {
  const text = JSON.stringify(config);
  expect(validateText(text).problems).toEqual([]);
  expect(configWarnings(text, config)).toEqual([]);
});

test("rootless: one's own id is root, and nothing needs more than that", () => {
  const { linux, mounts, process } = rootlessConfig(true, 1000, 100);
  expect(linux?.uidMappings).toEqual([{ containerID: 0, hostID: 1000, size: 1 }]);
  expect(linux?.gidMappings).toEqual([{ containerID: 0, hostID: 100, size: 1 }]);
  const types = linux?.namespaces?.map(({ type }) => type);
  expect(types).toContain("user");
  expect(types).not.toContain("network");
  expect(linux?.resources).toBeUndefined();
  expect(mounts?.flatMap(({ options = [] }) => options)).not.toContain("gid=5");
  expect(process?.user).toEqual({ uid: 0, gid: 0 });
});

test("no capability can be inherited over an execve", () => {
  expect(Object.keys(defaultConfig(true).process?.capabilities ?? {}).sort()).toEqual([
    "bounding",
    "effective",
    "permitted",
  ]);
});
