/**
 * Limits of RDMA devices, on both versions of cgroups. One without hardware comes of the module rdma_rxe, as in the virtual
 * machine of conformance/vm: `rdma link add rxe0 type rxe netdev lo`.
 */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { RdmaLimits } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { cgroupLayout, type Need } from "../harness/facilities.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { containerCgroup, readCgroup } from "../harness/unified_cgroup.ts";
import { readV1 } from "../harness/v1_cgroup.ts";

const DEVICES = "/sys/class/infiniband";
const device = (existsSync(DEVICES) ? readdirSync(DEVICES) : [])[0] ?? "rxe0";
const VERBS = "/sys/class/infiniband_verbs/uverbs0";
const isV2 = cgroupLayout() === "v2";

// systemd does not know the controller, crun 1.8.1 does not either
const needs: readonly Need[] = [
  "root",
  "cgroupfs",
  isV2 ? "unified:rdma" : "controller:rdma",
  `file:${DEVICES}/${device}`,
  "not-runtime:crun",
];

const limited =
  (limits: RdmaLimits) =>
  (config: TestConfig): void => {
    config.linux.resources.rdma = { [device]: limits };
  };

/** What the container's cgroup says of the device. */
function limitsOf(t: Scenario, pid: number): string | undefined {
  const text = isV2 ? readCgroup(containerCgroup(pid, t.id), "rdma.max") : readV1(pid, "rdma.max");
  return text?.split("\n").find((line) => line.startsWith(`${device} `));
}

/** Opens the device's user interface twice, and makes a context of each: the command GET_CONTEXT of rdma/ib_user_verbs.h. */
const contexts = String.raw`for (1 .. 2) {
  open(my $file, "+<", "/dev/uverbs") or die "open: $!\n";
  push @open, $file;
  my $answer = "\0" x 8;
  print syswrite($file, pack("L S S P", 0, 4, 2, $answer)) ? "made\n" : $!{EAGAIN} ? "refused\n" : "$!\n";
}`;

describe("limits of RDMA devices", () => {
  for (const [limits, expected] of [
    [{ hcaHandles: 3, hcaObjects: 1000 }, "hca_handle=3 hca_object=1000"],
    [{ hcaObjects: 1000 }, "hca_handle=max hca_object=1000"],
    [{ hcaHandles: 0 }, "hca_handle=0 hca_object=max"],
  ] as const)
    scenario(
      `are the cgroup's: ${expected}`,
      async (t) => {
        expect(limitsOf(t, await t.startSleeping(limited(limits)))).toBe(`${device} ${expected}`);
      },
      { needs },
    );

  scenario(
    "hold: no more handles can be had",
    async (t) => {
      const [, major, minor] = /^(\d+):(\d+)$/.exec(readFileSync(`${VERBS}/dev`, "utf8").trim()) ?? [];
      const result = await t.sh('exec perl -MErrno -e "$CONTEXTS"', (config) => {
        limited({ hcaHandles: 1 })(config);
        const place = { major: Number(major), minor: Number(minor) };
        config.linux.devices = [{ path: "/dev/uverbs", type: "c", ...place, fileMode: 0o600 }];
        config.linux.resources.devices?.push({ allow: true, type: "c", ...place, access: "rw" });
        config.process.env.push(`CONTEXTS=${contexts}`);
        for (const path of ["/usr", "/lib", "/lib64"])
          config.mounts.push({ destination: path, type: "bind", source: path, options: ["rbind", "ro"] });
      });
      expect(succeeded(result).stdout).toBe("made\nrefused\n");
    },
    { needs: [...needs, "tool:perl", `file:${VERBS}`] },
  );

  scenario(
    "of a device that the machine does not have are an error, and nothing is left",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.resources.rdma = { nothing: { hcaHandles: 3 } };
      });
      expectFailure(
        await t.runtime.create(t.id, bundle.path),
        t.runtime.kind === "tsrun" ? "/linux/resources/rdma/nothing" : "rdma",
      );
      await t.expectNothingLeft();
    },
    { needs: ["cgroupfs", "not-runtime:crun"] },
  );
});
