/** The runtime itself runs in a user namespace, as rootless Podman has it: it is root there, and may not make devices. */

import { describe, expect } from "bun:test";
import type { TestConfig } from "../harness/base_configs.ts";
import { runCommand, succeeded } from "../harness/command.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

// Where root becomes another user there is no systemd of that user.
const options = {
  needs: ["tool:unshare", "tool:setpriv", ...(isOrdinaryUser ? [] : (["cgroupfs"] as const))],
} as const;

/** Of the host's root, or of an ordinary user, who owns the files then. */
const users: Readonly<Record<string, readonly string[]>> = isOrdinaryUser
  ? { "an ordinary user": [] }
  : { root: [], "an ordinary user": ["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups"] };

/** What an ordinary user can have: no cgroups, and no ids besides its own. */
function rootless(config: TestConfig): void {
  const { cgroupsPath: _, resources: __, ...linux } = config.linux;
  config.linux = linux as TestConfig["linux"];
  config.linux.namespaces = linux.namespaces.filter(({ type }) => type !== "user");
  delete config.linux.uidMappings;
  delete config.linux.gidMappings;
  delete config.process.oomScoreAdj;
  config.process.rlimits = [];
  for (const mount of config.mounts) mount.options = (mount.options ?? []).filter((option) => option !== "gid=5");
}

async function run(t: Scenario, user: string, script: string, patch = (_: TestConfig): void => {}) {
  const bundle = await t.bundle((config) => {
    rootless(config);
    config.process.args = ["sh", "-c", script];
    patch(config);
  });
  const words = users[user] ?? [];
  if (words.length > 0) succeeded(await runCommand(["chown", "-R", "4321:4321", t.folder]));
  const namespaces = ["unshare", "--user", "--map-root-user", "--mount"];
  return runCommand([...words, ...namespaces, ...t.runtime.argv(["run", "--bundle", bundle.path, t.id])]);
}

describe("inside a user namespace", () => {
  for (const user of Object.keys(users)) {
    scenario(
      `of ${user}: a container with the devices that every one has`,
      async (t) => {
        const script = `echo x > /dev/null && head -c 3 /dev/zero | wc -c; test -c /dev/tty && echo tty; id -u; id -g
          mount -t tmpfs none /mnt 2>/dev/null || echo refused; cat /proc/self/setgroups`;
        const result = succeeded(await run(t, user, script));
        expect(result.stdout).toBe("3\ntty\n0\n0\nrefused\ndeny\n");
      },
      options,
    );

    scenario(
      `of ${user}: supplementary groups, which cannot be given, are left out`,
      async (t) => {
        const result = await run(t, user, "grep ^Groups: /proc/self/status", (config) => {
          config.process.user.additionalGids = [5];
        });
        expect(succeeded(result).stdout).not.toMatch(/\b5\b/);
      },
      options,
    );
  }
});
