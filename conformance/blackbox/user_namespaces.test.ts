/** User namespaces: new with mappings, joined by path, and what a container has and has not in one. */

import { describe, expect } from "bun:test";
import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { setCgroup, type TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// their mappings are root's to give
const scenario = scenarioWith(["root"]);

const HOST_ID = 300000;
const SIZE = 65536;

function mapped(config: TestConfig): void {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: HOST_ID, size: SIZE }];
  config.linux.gidMappings = [{ containerID: 0, hostID: HOST_ID, size: SIZE }];
}

/** runc reaches the root file system as the mapped root only. */
function reachable(t: Scenario): void {
  chmodSync(t.folder, 0o755);
}

describe("a new user namespace", () => {
  scenario("has the mappings", async (t) => {
    reachable(t);
    const { stdout } = succeeded(await t.sh("cat /proc/self/uid_map /proc/self/gid_map; id -u", mapped));
    expect(stdout.trim().split(/\s+/)).toEqual([
      ...["0", String(HOST_ID), String(SIZE)],
      ...["0", String(HOST_ID), String(SIZE)],
      "0",
    ]);
  });

  scenario("lets the process be another user with groups", async (t) => {
    reachable(t);
    const { stdout } = succeeded(
      await t.sh("id -u; id -g; id -G", (config) => {
        mapped(config);
        config.process.user = { uid: 1000, gid: 1001, additionalGids: [7, 9] };
      }),
    );
    expect(stdout).toBe("1000\n1001\n1001 7 9\n");
  });

  scenario("shows the ids outside", async (t) => {
    reachable(t);
    const pid = await t.startSleeping((config) => {
      mapped(config);
      config.process.user = { uid: 5, gid: 6 };
    });
    const { uid, gid } = statSync(`/proc/${pid}`);
    expect([uid, gid]).toEqual([HOST_ID + 5, HOST_ID + 6]);
  });

  scenario("has the usual devices", async (t) => {
    reachable(t);
    const { stdout } = succeeded(
      await t.sh(
        "for d in null zero full random urandom tty; do test -c /dev/$d && echo $d; done; echo x >/dev/null && echo written",
        mapped,
      ),
    );
    expect(stdout.trim().split("\n")).toEqual(["null", "zero", "full", "random", "urandom", "tty", "written"]);
  });

  scenario("gives its root the message queues", async (t) => {
    reachable(t);
    const { stdout } = succeeded(await t.sh("stat -c %u:%g:%a /dev/mqueue", mapped));
    // runc makes them as who has no group of the namespace yet
    expect(stdout).toBe(t.runtime.kind === "runc" ? "0:65534:1777\n" : "0:0:1777\n");
  });

  scenario(
    "keeps what a bound mount forbids, read-only or not",
    async (t) => {
      reachable(t);
      const source = join(t.folder, "source");
      await Bun.$`mkdir ${source} && mount -t tmpfs -o nosuid,nodev,noexec,noatime tmpfs ${source}`.quiet();
      t.defer(async () => {
        await Bun.$`umount ${source}`.quiet();
      });
      const script = "grep -E ' /(home|var) ' /proc/self/mountinfo | cut -d' ' -f5,6";
      const { stdout } = succeeded(
        await t.sh(script, (config) => {
          mapped(config);
          for (const [destination, mode] of [
            ["/home", "ro"],
            ["/var", "rw"],
          ] as const)
            config.mounts.push({ destination, type: "bind", source, options: ["bind", mode] });
        }),
      );
      expect(stdout).toBe("/home ro,nosuid,nodev,noexec,noatime\n/var rw,nosuid,nodev,noexec,noatime\n");
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] }, // runc 1.1.5 cannot make it read-only, crun 1.8.1 forbids less then
  );

  scenario("lets root do inside what it may not outside", async (t) => {
    reachable(t);
    const { stdout } = succeeded(
      await t.sh(
        "hostname inside && hostname; echo >/dev/own; chown 3:4 /dev/own && stat -c %u:%g /dev/own",
        (config) => {
          mapped(config);
          config.process.capabilities = {
            bounding: ["CAP_SYS_ADMIN", "CAP_CHOWN"],
            effective: ["CAP_SYS_ADMIN", "CAP_CHOWN"],
            permitted: ["CAP_SYS_ADMIN", "CAP_CHOWN"],
          };
        },
      ),
    );
    expect(stdout).toBe("inside\n3:4\n");
  });
});

describe("a user namespace that is joined", () => {
  scenario(
    "is that of another container, with the namespaces that it owns",
    async (t) => {
      reachable(t);
      const pid = await t.startSleeping(mapped);
      const id = t.newId();
      const bundle = await t.bundle((config) => {
        setCgroup(config, id);
        config.linux.namespaces = [
          ...config.linux.namespaces,
          { type: "user", path: join("/proc", String(pid), "ns/user") },
        ];
        config.process.args = ["sh", "-c", "cat /proc/self/uid_map; id -u"];
      });
      const { stdout } = succeeded(await t.runtime.run(id, bundle.path));
      expect(stdout.trim().split(/\s+/)).toEqual(["0", String(HOST_ID), String(SIZE), "0"]);
    },
    { needs: ["not-runtime:runc"] },
  ); // runc 1.1 wants mappings beside the path
});
