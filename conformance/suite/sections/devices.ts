/** config-linux.md: devices. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Device } from "../../../lib/spec/types.ts";
import { equal, ok } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import { having, type Patch, type Trial } from "../trial.ts";

const { ENOSPC, EPERM } = constants.errno;

const DEFAULT = { null: [1, 3], zero: [1, 5], full: [1, 7], random: [1, 8], urandom: [1, 9], tty: [5, 0] } as const;

/** The device, and the permission of its cgroup to use it. */
const device =
  (wanted: Device): Patch =>
  (config) => {
    config.linux.devices = [wanted];
    config.linux.resources.devices = [{ allow: true, access: "rwm" }];
  };

async function shown(t: Trial, wanted: Device): Promise<unknown> {
  const { paths } = await t.see(device(wanted), wanted.path);
  const { errno, type, major, minor, mode, uid, gid } = paths[wanted.path] ?? {};
  return { errno, type, major, minor, mode, uid, gid };
}

const FUSE: Device = { path: "/dev/fuse-like", type: "c", major: 10, minor: 229, fileMode: 0o640, uid: 5, gid: 6 };

export const DEVICES = [
  ...section("config-linux.md#devices", [
    must("a character device is there, with its numbers, mode and owners", async (t) => {
      const found = await shown(t, FUSE);
      equal("the device", found, { type: "character", major: 10, minor: 229, mode: 0o640, uid: 5, gid: 6 });
    }),
    must("type u is a character device too", async (t) => {
      const found = await shown(t, { ...FUSE, type: "u" });
      equal("the device", found, { type: "character", major: 10, minor: 229, mode: 0o640, uid: 5, gid: 6 });
    }),
    must("a block device is there", async (t) => {
      const found = await shown(t, {
        path: "/dev/block",
        type: "b",
        major: 7,
        minor: 200,
        fileMode: 0o600,
        uid: 0,
        gid: 0,
      });
      equal("the device", found, { type: "block", major: 7, minor: 200, mode: 0o600, uid: 0, gid: 0 });
    }),
    must("a FIFO is there", async (t) => {
      const { paths } = await t.see(
        device({ path: "/dev/fifo", type: "p", fileMode: 0o622, uid: 5, gid: 6 }),
        "/dev/fifo",
      );
      const { type, uid, gid, mode } = paths["/dev/fifo"] ?? {};
      equal("the FIFO", { type, uid, gid, mode }, { type: "fifo", uid: 5, gid: 6, mode: 0o622 });
    }),
    must("a device may lie elsewhere than in /dev", async (t) => {
      const found = await shown(t, { ...FUSE, path: "/devices/of/mine" });
      equal("the device", found, { type: "character", major: 10, minor: 229, mode: 0o640, uid: 5, gid: 6 });
    }),
    must("fileMode holds whatever the umask", async (t) => {
      const found = await shown(t, { ...FUSE, fileMode: 0o666 });
      equal("the device", found, { type: "character", major: 10, minor: 229, mode: 0o666, uid: 5, gid: 6 });
    }),
    must("owners are of the container's user namespace", async (t) => {
      const found = await t.see((config) => {
        device({ ...FUSE, path: "/dev/null-like", major: 1, minor: 3, fileMode: 0o666, uid: 0, gid: 0 })(config);
      }, "/dev/null-like");
      const { uid, gid } = found.paths["/dev/null-like"] ?? {};
      equal("owners", { uid, gid }, { uid: 0, gid: 0 });
    }),
    must("a device can be used", async (t) => {
      const wanted: Device = { path: "/dev/my-zero", type: "c", major: 1, minor: 5, fileMode: 0o666, uid: 0, gid: 0 };
      const outcome = await t.try(["read", "/dev/my-zero"], device(wanted));
      equal("bytes read", { errno: outcome.errno, length: outcome.length }, { errno: 0, length: 1024 });
    }),
    must("a file at its path that is something else is an error", async (t) => {
      const bundle = await t.bundle((config) => {
        device({ ...FUSE, path: "/etc/taken" })(config);
      });
      writeFileSync(join(bundle.rootfs, "etc/taken"), "");
      await t.refusesBundle("a file at the device's path", bundle.path);
    }),
    must("a directory at its path is an error", async (t) => {
      const bundle = await t.bundle(device({ ...FUSE, path: "/etc/taken" }));
      mkdirSync(join(bundle.rootfs, "etc/taken"));
      await t.refusesBundle("a directory at the device's path", bundle.path);
    }),
    must("a device without numbers is an error", (t) =>
      t.refuses("no major", having("linux.devices", [{ path: "/dev/x", type: "c" }])),
    ),
    must("a device without a path is an error", (t) =>
      t.refuses("no path", having("linux.devices", [{ type: "c", major: 1, minor: 3 }])),
    ),
    must("a type that there is not is an error", (t) =>
      t.refuses("type x", having("linux.devices", [{ path: "/dev/x", type: "x", major: 1, minor: 3 }])),
    ),
  ]),
  ...section("config-linux.md#default-devices", [
    ...Object.entries(DEFAULT).map(([name, [major, minor]]) =>
      must(`/dev/${name} is there, for everybody`, async (t) => {
        const found = (await t.see()).devices[name];
        equal(
          `/dev/${name}`,
          { type: found?.type, major: found?.major, minor: found?.minor, mode: found?.mode },
          { type: "character", major, minor, mode: 0o666 },
        );
      }),
    ),
    must("/dev/zero gives zeros", async (t) => {
      const { text, length } = await t.try(["read", "/dev/zero"]);
      equal("what it gives", { text, length }, { text: "", length: 1024 });
    }),
    must("/dev/full has no space", async (t) =>
      equal("errno", (await t.try(["write", "/dev/full", "x"])).errno, ENOSPC),
    ),
    must("/dev/null takes everything and gives nothing", async (t) => {
      const [written, read] = await t.do([
        ["write", "/dev/null", "x"],
        ["read", "/dev/null"],
      ]);
      equal("errno and length", [written?.errno, read?.length], [0, 0]);
    }),
    must("/dev/urandom gives bytes", async (t) =>
      equal("length", (await t.try(["read", "/dev/urandom"])).length, 1024),
    ),
    must("/dev/ptmx is that of the container's /dev/pts", async (t) => {
      const { devices, mounts } = await t.see();
      const link = devices.ptmx?.type === "symlink" && /(^|\/)pts\/ptmx$/.test(devices.ptmx.target ?? "");
      ok("/dev/ptmx", link || mounts.some(({ target }) => target === "/dev/ptmx"), devices.ptmx);
    }),
    must("a terminal can be had from /dev/ptmx", async (t) =>
      equal("errno", (await t.try(["open", "/dev/ptmx"])).errno, 0),
    ),
    must("/dev/console is no terminal if the process has none", async (t) => {
      const { devices } = await t.see();
      ok("/dev/console", devices.console === undefined || devices.console.type !== "character", devices.console);
    }),
    must("a device of the config takes the place of a default one", async (t) => {
      const { devices } = await t.see(
        having("linux.devices", [{ path: "/dev/tty", type: "c", major: 5, minor: 0, fileMode: 0o600, uid: 3, gid: 4 }]),
      );
      const { uid, gid, mode } = devices.tty ?? {};
      equal("/dev/tty", { uid, gid, mode }, { uid: 3, gid: 4, mode: 0o600 });
    }),
    deFacto(
      "/dev/core leads to /proc/kcore",
      async (t) => equal("/dev/core", (await t.see()).devices.core?.target, "/proc/kcore"),
      { needs: ["file:/proc/kcore"] },
    ),
  ]),
  ...section("config-linux.md#allowed-device-list", [
    must("a device that is denied cannot be opened", async (t) => {
      const outcome = await t.try(["open", "/dev/my-zero"], (config) => {
        config.linux.devices = [{ path: "/dev/my-zero", type: "c", major: 1, minor: 5, fileMode: 0o666 }];
        config.linux.resources.devices = [
          { allow: false, access: "rwm" },
          { allow: false, type: "c", major: 1, minor: 5, access: "rwm" },
        ];
      });
      if (outcome.errno === 0) t.skip("the runtime allows what it supplies");
      equal("errno", outcome.errno, EPERM);
    }),
    must("a device that nobody has allowed cannot be made", async (t) => {
      const outcome = await t.try(["open", "/tmp/block"], (config) => {
        config.linux.resources.devices = [{ allow: false, access: "rwm" }];
        config.linux.devices = [{ path: "/tmp/block", type: "b", major: 7, minor: 0, fileMode: 0o666 }];
      });
      equal("errno", outcome.errno, EPERM);
    }),
    must("what is allowed after all was denied can be opened", async (t) => {
      const outcome = await t.try(["open", "/dev/kmsg-like"], (config) => {
        config.linux.devices = [{ path: "/dev/kmsg-like", type: "c", major: 10, minor: 229, fileMode: 0o666 }];
        config.linux.resources.devices = [
          { allow: false, access: "rwm" },
          { allow: true, type: "c", major: 10, minor: 229, access: "rw" },
        ];
      });
      ok("errno", outcome.errno !== EPERM, outcome.errno);
    }),
    must("entries hold in the listed order: what is denied last is denied", async (t) => {
      const outcome = await t.try(["open", "/dev/loop-like"], (config) => {
        config.linux.devices = [{ path: "/dev/loop-like", type: "b", major: 7, minor: 0, fileMode: 0o666 }];
        config.linux.resources.devices = [
          { allow: false, access: "rwm" },
          { allow: true, type: "b", major: 7, minor: 0, access: "rwm" },
          { allow: false, type: "b", major: 7, minor: 0, access: "rwm" },
        ];
      });
      equal("errno", outcome.errno, EPERM);
    }),
    must("access holds for what it says: what may be read only cannot be written", async (t) => {
      const [read, both] = await t.do(
        [
          ["read", "/tmp/mem"],
          ["open", "/tmp/mem"],
        ],
        (config) => {
          config.linux.devices = [{ path: "/tmp/mem", type: "c", major: 10, minor: 144, fileMode: 0o666 }];
          config.linux.resources.devices = [
            { allow: false, access: "rwm" },
            { allow: true, type: "c", major: 10, minor: 144, access: "r" },
          ];
        },
      );
      ok("errno of reading", read?.errno !== EPERM, read?.errno);
      equal("errno of writing", both?.errno, EPERM);
    }),
    deFacto("the default devices can be used though all is denied", async (t) => {
      const outcomes = await t.do(
        Object.keys(DEFAULT)
          .filter((name) => name !== "tty")
          .map((name) => ["open", `/dev/${name}`]),
        having("linux.resources.devices", [{ allow: false, access: "rwm" }]),
      );
      equal(
        "errno",
        outcomes.map(({ errno }) => errno),
        [0, 0, 0, 0, 0],
      );
    }),
    deFacto("nodes may be made though they cannot be opened", async (t) => {
      const [made, opened] = await t.do(
        [
          ["mknod", "/tmp/node", "c", 10, 229],
          ["open", "/tmp/node"],
        ],
        having("linux.resources.devices", [{ allow: false, access: "rwm" }]),
      );
      equal("errno", [made?.errno, opened?.errno], [0, EPERM]);
    }),
    must("an entry without allow is an error or denies, but never allows", async (t) => {
      const bundle = await t.bundle((config) => {
        having("linux.resources.devices", [{ allow: false, access: "rwm" }, { access: "rwm" }])(config);
        config.linux.devices = [{ path: "/tmp/block", type: "b", major: 7, minor: 0, fileMode: 0o666 }];
        config.process.args = ["/probe", "do", "open", "/tmp/block"];
      });
      chmodSync(bundle.path, 0o755);
      const result = await t.runtime.run(t.id, bundle.path);
      ok("it was allowed", !result.stdout.includes('"errno":0'), result.stdout);
    }),
  ]),
];
