/** config-linux.md: kernel parameters. */

import { readFileSync } from "node:fs";
import { equal } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import { having } from "../trial.ts";

const file = (name: string): string => `/proc/sys/${name.replaceAll(".", "/")}`;

const PARAMETERS = {
  "net.ipv4.ip_forward": "1",
  "net.core.somaxconn": "256",
  "net.ipv4.ip_unprivileged_port_start": "99",
  "kernel.msgmax": "9000",
  "kernel.shm_rmid_forced": "1",
  "fs.mqueue.msg_max": "15",
} as const;

export const SYSCTL = section("config-linux.md#sysctl", [
  ...Object.entries(PARAMETERS).map(([name, value]) =>
    must(
      `${name} is set in the container`,
      async (t) => {
        const outcome = await t.try(["read", file(name)], having("linux.sysctl", { [name]: value }));
        equal(name, outcome.text?.trim(), value);
      },
      { needs: [`file:${file(name)}` as `file:/${string}`] },
    ),
  ),
  must("the host's value stays as it is", async (t) => {
    const before = readFileSync(file("kernel.msgmax"), "utf8");
    await t.accepts(having("linux.sysctl", { "kernel.msgmax": "9001" }));
    equal("kernel.msgmax of the host", readFileSync(file("kernel.msgmax"), "utf8"), before);
  }),
  must("several are set", async (t) => {
    const outcomes = await t.do(
      [
        ["read", file("kernel.msgmax")],
        ["read", file("kernel.sem")],
      ],
      having("linux.sysctl", { "kernel.msgmax": "9002", "kernel.sem": "32000 1024000000 500 32000" }),
    );
    equal(
      "values",
      outcomes.map(({ text }) => text?.trim().replaceAll("\t", " ")),
      ["9002", "32000 1024000000 500 32000"],
    );
  }),
  must("a parameter that there is not is an error", (t) =>
    t.refuses("net.no_such_parameter", having("linux.sysctl", { "net.no_such_parameter": "1" })),
  ),
  must("a value that the kernel does not take is an error", (t) =>
    t.refuses("kernel.msgmax x", having("linux.sysctl", { "kernel.msgmax": "x" })),
  ),
  must("a parameter of a namespace that is the host's is an error", (t) =>
    t.refuses("net.core.somaxconn in the host's network", (config) => {
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "network");
      config.mounts = config.mounts.filter(({ type }) => type !== "sysfs");
      config.linux.sysctl = { "net.core.somaxconn": "4096" };
    }),
  ),
  deFacto("a parameter of the whole machine is an error", async (t) => {
    const before = readFileSync(file("vm.overcommit_ratio"), "utf8");
    await t.refuses("vm.overcommit_ratio", having("linux.sysctl", { "vm.overcommit_ratio": before.trim() }));
  }),
]);
