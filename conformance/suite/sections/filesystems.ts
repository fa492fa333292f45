/** config-linux.md: the file systems that a container can rely on, and how mounts spread. */

import { equal, includes, ok } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import { having, type Trial } from "../trial.ts";

const DEFAULT = { "/proc": "proc", "/sys": "sysfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs" } as const;

async function rootPropagation(t: Trial, value: string): Promise<readonly string[]> {
  const { mounts } = await t.see(having("linux.rootfsPropagation", value));
  return mounts.find(({ target }) => target === "/")?.propagation ?? [];
}

const isShared = (words: readonly string[]): boolean => words.some((word) => word.startsWith("shared:"));

export const FILESYSTEMS = [
  ...section(
    "config-linux.md#default-filesystems",
    Object.entries(DEFAULT).map(([path, type]) =>
      should(`${path} is a ${type}`, async (t) => {
        const { mounts } = await t.see();
        equal("type", mounts.filter(({ target }) => target === path).at(-1)?.type, type);
      }),
    ),
  ),
  ...section("config-linux.md#rootfs-mount-propagation", [
    must("shared: the mount of / is in a peer group", async (t) => {
      ok("propagation", isShared(await rootPropagation(t, "shared")));
    }),
    must("slave: the mount of / is in no peer group", async (t) => {
      ok("propagation", !isShared(await rootPropagation(t, "slave")));
    }),
    must("private: the mount of / is in no peer group, and has no master", async (t) => {
      equal("propagation", await rootPropagation(t, "private"), []);
    }),
    must("unbindable: the mount of / cannot be bound", async (t) => {
      includes("propagation", await rootPropagation(t, "unbindable"), "unbindable");
    }),
    should("a root without the setting is in no peer group with the host", async (t) => {
      const { mounts } = await t.see();
      ok("propagation", !isShared(mounts.find(({ target }) => target === "/")?.propagation ?? []));
    }),
  ]),
];
