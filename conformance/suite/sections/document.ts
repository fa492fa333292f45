/** config.md: the document as a whole: its version, annotations, unknown properties, invalid values. */

import { succeeded } from "../../harness/command.ts";
import type { ProbeReport } from "../../harness/probe_report.ts";
import { equal } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, type Patch, put, type Trial } from "../trial.ts";

const refusesValue = (path: string, value: unknown, since?: string) =>
  must(
    `${path} ${JSON.stringify(value) ?? "left out"} is an error`,
    (t) => t.refuses(`${path} ${JSON.stringify(value)}`, having(path, value)),
    since === undefined ? {} : { since },
  );

const acceptsProperty = (where: string, patch: Patch) =>
  must(`an unknown property ${where} is ignored`, async (t: Trial) => {
    const probe: ProbeReport = await t.see(patch);
    equal("pid", probe.pid, 1);
  });

export const DOCUMENT = [
  ...section("config.md#specification-version", [
    refusesValue("ociVersion", undefined),
    refusesValue("ociVersion", "one"),
    refusesValue("ociVersion", ""),
    refusesValue("ociVersion", "2.0.0"),
    refusesValue("ociVersion", 1),
    must("1.0.0 is understood", async (t) => void (await t.accepts(having("ociVersion", "1.0.0")))),
    must("a pre-release of 1.0 is understood", async (t) => void (await t.accepts(having("ociVersion", "1.0.0-rc5")))),
  ]),
  ...section("config.md#annotations", [
    refusesValue("annotations", { "": "value" }),
    refusesValue("annotations", { "org.example.number": 5 }),
    must("an empty value is allowed", async (t) => {
      await t.create([], having("annotations", { "org.example.empty": "" }));
      equal("the value", (await t.runtime.state(t.id)).annotations?.["org.example.empty"], "");
    }),
    must("unknown keys are ignored", async (t) => {
      await t.accepts(having("annotations", { "org.example.unknown": "1", "com.example.what": "2" }));
    }),
    must("an empty map is allowed", async (t) => void (await t.accepts(having("annotations", {})))),
  ]),
  ...section("config.md#extensibility", [
    acceptsProperty("of the config", having("unknownProperty", { a: [1, null] })),
    acceptsProperty("of process", having("process.unknownProperty", true)),
    acceptsProperty("of process.user", having("process.user.unknownProperty", 5)),
    acceptsProperty("of root", having("root.unknownProperty", "x")),
    acceptsProperty("of linux", having("linux.unknownProperty", [])),
    acceptsProperty("of linux.resources", having("linux.resources.unknownProperty", {})),
    acceptsProperty("of a mount", (config) => put(config, "mounts.0.unknownProperty", "x")),
    acceptsProperty("of a namespace", (config) => put(config, "linux.namespaces.0.unknownProperty", "x")),
    must("an unknown property does not hide the known ones beside it", async (t) => {
      const probe = await t.see((config) => {
        put(config, "hostnames", ["x"]);
        config.hostname = "known";
      });
      equal("hostname", probe.hostname, "known");
    }),
  ]),
  ...section("config.md#valid-values", [
    refusesValue("root", "rootfs"),
    refusesValue("hostname", 5),
    refusesValue("mounts", {}),
    refusesValue("process.args", "/probe"),
    refusesValue("process.user.uid", "root"),
    refusesValue("process.user.uid", -1),
    refusesValue("process.terminal", "no"),
    refusesValue("linux.rootfsPropagation", "sideways"),
    refusesValue("linux.namespaces", [{ type: "mount" }, { type: "galaxy" }]),
    refusesValue("linux.seccomp", { defaultAction: "SCMP_ACT_SHRUG" }),
    refusesValue("linux.devices", [{ type: "x", path: "/dev/x", major: 1, minor: 3 }]),
    refusesValue("linux.personality", { domain: "MINIX" }, "1.1"),
    must("a document that is not an object is an error", async (t) => {
      const bundle = await t.bundle();
      bundle.saveText("[]");
      await t.refusesBundle("a list", bundle.path);
    }),
    must("an error changes nothing: the corrected config can be used at once", async (t) => {
      const bundle = await t.bundle(having("linux.rootfsPropagation", "sideways"));
      await t.refusesBundle("rootfsPropagation", bundle.path);
      delete bundle.config.linux.rootfsPropagation;
      bundle.save();
      succeeded(await t.runtime.run(t.id, bundle.path));
    }),
  ]),
];
