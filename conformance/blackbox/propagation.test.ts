/** Which mounts reach the container, its neighbours and the host: rootfsPropagation, and the options of mounts. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Linux, Mount } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import type { ProbeMount } from "../harness/probe_report.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// they mount on the host
const scenario = scenarioWith(["root"]);

type Propagation = NonNullable<Linux["rootfsPropagation"]>;

/** Put the test's folder, and so the root file system, on a mount that is shared, as it is under systemd. */
async function onSharedMount(t: Scenario): Promise<void> {
  await Bun.$`mount -t tmpfs tmpfs ${t.folder} && mount --make-shared ${t.folder}`.quiet();
  t.defer(async () => {
    await Bun.$`umount -R ${t.folder}`.quiet();
  });
}

/** A folder with a shared tmpfs on it. */
async function sharedFolder(t: Scenario): Promise<string> {
  const folder = join(t.folder, "shared-source");
  mkdirSync(folder);
  await Bun.$`mount -t tmpfs tmpfs ${folder} && mount --make-shared ${folder} && mkdir ${folder}/later`.quiet();
  t.defer(async () => {
    await Bun.$`umount -R ${folder}`.quiet();
  });
  return folder;
}

/** How many mounts this process sees in the test's folder. */
const mountsOnHost = (t: Scenario): number =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(t.id)).length;

/** `shared master` for `shared:3 master:1`; nothing for a private mount. */
function propagationOf(mounts: readonly ProbeMount[], target: string): string | undefined {
  const mount = mounts.findLast((candidate) => candidate.target === target);
  return mount?.propagation
    .map((field) => field.split(":")[0])
    .sort()
    .join(" ");
}

describe("rootfsPropagation", () => {
  // of the root, of a tmpfs and of a bind mount without such options, of a bind mount with rprivate
  const table: Readonly<Record<Propagation | "", readonly [string, string, string, string]>> = {
    "": ["master", "", "master", ""],
    slave: ["master", "", "master", ""],
    rslave: ["master", "", "master", ""],
    private: ["", "", "master", ""],
    rprivate: ["", "", "", ""],
    shared: ["master shared", "", "master", ""],
    rshared: ["master shared", "shared", "master shared", ""],
    unbindable: ["unbindable", "", "master", ""],
    runbindable: ["unbindable", "unbindable", "unbindable", ""],
  };
  for (const [propagation, expected] of Object.entries(table))
    scenario(
      propagation || "that is not given",
      async (t) => {
        await onSharedMount(t);
        const source = await sharedFolder(t);
        const before = mountsOnHost(t);
        const bind: Mount = { destination: "/bound", type: "bind", source, options: ["rbind"] };
        const { mounts } = await t.probe((config) => {
          if (propagation) config.linux.rootfsPropagation = propagation as Propagation;
          config.mounts.push({ destination: "/new", type: "tmpfs", source: "tmpfs" }, bind, {
            ...bind,
            destination: "/private",
            options: ["rbind", "rprivate"],
          });
        });
        const targets = ["/", "/new", "/bound", "/private"];
        expect(targets.map((target) => propagationOf(mounts, target))).toEqual([...expected]);
        expect(mountsOnHost(t)).toBe(before);
      },
      // what is not recursive lets runc's mounts reach the host where that is shared; it cannot do the other kinds at all
      {
        needs: [
          "probe",
          "not-runtime:crun",
          ...(/^(r(slave|private))?$/.test(propagation) ? [] : (["not-runtime:runc"] as const)),
        ],
      },
    );

  const script =
    "i=0; until [ -e /later/file ]; do sleep 0.02; i=$((i+1)); [ $i -lt 100 ] || exit 9; done; : >/out/seen";
  for (const [propagation, arrives] of [
    ["slave", true],
    ["rslave", true],
    ["shared", true],
    ["private", false],
    ["rprivate", false],
    ["unbindable", false],
  ] as const)
    scenario(
      `${propagation}: what the host mounts later in the root ${arrives ? "arrives" : "does not arrive"}`,
      async (t) => {
        await onSharedMount(t);
        const out = join(t.folder, "out");
        mkdirSync(out);
        const bundle = await t.bundle((config) => {
          config.linux.rootfsPropagation = propagation;
          config.mounts.push({ destination: "/out", type: "bind", source: out, options: ["bind"] });
          config.process.args = ["sh", "-c", `: >/out/ready; ${script}`];
        });
        const later = join(bundle.rootfs, "later");
        mkdirSync(later);
        succeeded(await t.runtime.create(t.id, bundle.path));
        succeeded(await t.runtime.start(t.id));
        await eventually("the container", () => existsSync(join(out, "ready")));
        await Bun.$`mount -t tmpfs tmpfs ${later} && touch ${later}/file`.quiet();
        await t.runtime.waitFor(t.id, "stopped");
        await Bun.$`umount ${later}`.quiet();
        expect(existsSync(join(out, "seen"))).toBe(arrives);
      },
      { needs: ["not-runtime:crun", ...(/^r/.test(propagation) ? [] : (["not-runtime:runc"] as const))] },
    );
});

scenario(
  "rslave in a user namespace: what the host mounts later in a volume arrives, and its own mounts stay inside",
  async (t) => {
    const source = await sharedFolder(t);
    const before = mountsOnHost(t);
    const out = join(t.folder, "out");
    mkdirSync(out, { mode: 0o777 });
    const wait = "i=0; until [ -e /data/later/file ]; do sleep 0.02; i=$((i+1)); [ $i -lt 100 ] || exit 9; done";
    const bundle = await t.bundle((config) => {
      config.linux.namespaces.push({ type: "user" });
      config.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
      config.linux.gidMappings = config.linux.uidMappings;
      for (const set of ["bounding", "effective", "permitted"] as const)
        config.process.capabilities?.[set]?.push("CAP_SYS_ADMIN");
      config.mounts.push(
        { destination: "/out", type: "bind", source: out, options: ["bind"] },
        { destination: "/data", type: "bind", source, options: ["rbind", "rslave"] },
      );
      config.process.args = ["sh", "-c", `mount -t tmpfs tmpfs /data/own; : >/out/ready; ${wait}; : >/out/seen`];
    });
    await Bun.$`chown -R 100000:100000 ${bundle.rootfs} ${out} && chmod 711 ${t.folder} && mkdir ${source}/own`.quiet();
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    await eventually("the container", () => existsSync(join(out, "ready")));
    expect(mountsOnHost(t)).toBe(before);
    await Bun.$`mount -t tmpfs tmpfs ${source}/later && touch ${source}/later/file`.quiet();
    await t.runtime.waitFor(t.id, "stopped");
    expect(existsSync(join(out, "seen"))).toBeTrue();
  },
  { needs: ["not-runtime:crun"] },
);

describe("a bind mount", () => {
  /** Whether a mount that the container makes in a volume shows up on the host. */
  async function goesOut(t: Scenario, options: string[], propagation?: Propagation): Promise<boolean> {
    const source = await sharedFolder(t);
    const before = mountsOnHost(t);
    const result = await t.sh(
      "mount -t tmpfs tmpfs /data/later && mount -t tmpfs tmpfs /tmp && grep -c ' /data/later ' /proc/self/mountinfo",
      (config) => {
        config.mounts.push({ destination: "/data", type: "bind", source, options });
        if (propagation) config.linux.rootfsPropagation = propagation;
        for (const set of ["bounding", "effective", "permitted"] as const)
          config.process.capabilities?.[set]?.push("CAP_SYS_ADMIN");
      },
    );
    expect(succeeded(result).stdout).toBe("1\n");
    const appeared = mountsOnHost(t) - before;
    expect(appeared).toBeLessThan(2);
    return appeared === 1;
  }

  const table: readonly (readonly [readonly string[], Propagation | undefined, boolean])[] = [
    [["rbind", "rshared"], "rshared", true],
    [["rbind", "shared"], "shared", true],
    [["rbind", "rshared"], undefined, false],
    [["rbind", "rslave"], "rshared", false],
    [["rbind", "rprivate"], "rshared", false],
    [["rbind", "rprivate"], "shared", false],
    [["rbind", "rshared"], "rslave", false],
  ];
  for (const [options, propagation, out] of table)
    scenario(
      `${options.join()} with rootfsPropagation ${propagation}: mounts made inside ${out ? "reach" : "do not reach"} the host`,
      async (t) => {
        expect(await goesOut(t, [...options], propagation)).toBe(out);
      },
      { needs: ["not-runtime:crun"] },
    );

  scenario(
    "without such an option does not let mounts out, whatever rootfsPropagation says",
    async (t) => {
      expect(await goesOut(t, ["rbind"], "rshared")).toBeFalse();
    },
    { needs: ["not-runtime:crun", "not-runtime:runc"] },
  ); // runc makes it the host's peer

  const kinds: readonly (readonly [string, string, string])[] = [
    // an option; what it makes of the mount, and of the one in it
    ["shared", "master shared", "master"],
    ["rshared", "master shared", "master shared"],
    ["slave", "master", "master"],
    ["rslave", "master", "master"],
    ["private", "", "master"],
    ["rprivate", "", ""],
    ["unbindable", "unbindable", "master"],
    ["runbindable", "unbindable", "unbindable"],
  ];
  for (const [option, outer, inner] of kinds)
    scenario(
      `with ${option}`,
      async (t) => {
        const source = await sharedFolder(t);
        await Bun.$`mount -t tmpfs tmpfs ${source}/later && mount --make-shared ${source}/later`.quiet();
        const { mounts } = await t.probe((config) => {
          config.mounts.push({ destination: "/data", type: "bind", source, options: ["rbind", option] });
        });
        expect(propagationOf(mounts, "/data")).toBe(outer);
        expect(propagationOf(mounts, "/data/later")).toBe(inner);
      },
      { needs: ["probe", "not-runtime:crun"] },
    );
});
