import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { soundConfig } from "./checks/sound_config.ts";
import { validateText } from "./load.ts";
import { refuseUnsupported, unsupportedPlaces } from "./unsupported.ts";

test("a plain config is supported", () => {
  expect(unsupportedPlaces(soundConfig())).toEqual([]);
  refuseUnsupported(soundConfig());
});

test("what is not done yet is refused by name, all at once", () => {
  const config = soundConfig();
  Object.assign(config, { process: undefined });
  config.linux.intelRdt = { closID: "x" };
  expect(() => refuseUnsupported(config)).toThrow(
    "config.json asks for 2 things that are not supported yet:\n" +
      "/process: a container without a process: not supported yet\n" +
      "/linux/intelRdt: Intel RDT: not supported yet",
  );
});

test("one thing is one sentence, with its place in the failure", () => {
  const config = soundConfig();
  config.linux.intelRdt = { closID: "x" };
  try {
    refuseUnsupported(config);
    expect.unreachable();
  } catch (failure) {
    expect(failure).toMatchObject({
      message: "/linux/intelRdt: Intel RDT: not supported yet",
      code: "config.unsupported",
      pointer: "/linux/intelRdt",
    });
  }
});

test("empty lists and empty names ask for nothing", () => {
  const config = soundConfig();
  config.hooks = { prestart: [] };
  config.linux.netDevices = {};
  config.linux.mountLabel = "";
  config.process.apparmorProfile = "";
  config.process.terminal = false;
  expect(unsupportedPlaces(config)).toEqual([]);
});

test("containerd's own config is supported", () => {
  const path = join(import.meta.dirname, "../../conformance/configs/containerd-ctr.json");
  expect(unsupportedPlaces(validateText(readFileSync(path, "utf8")).config!)).toEqual([]);
});
