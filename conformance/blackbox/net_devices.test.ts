/** Network devices of the host that move into the container. */

import { describe, expect } from "bun:test";
import { spawnSync } from "node:child_process";
import { succeeded } from "../harness/command.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// only root moves the host's devices
const scenario = scenarioWith(["root"]);

const needs = ["runtime:tsrun", "tool:ip"] as const; // Debian's runc and crun do not know netDevices

function ip(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("ip", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** A pair of devices that are each other's cable, removed after the test. */
function pair(t: Scenario): [string, string] {
  const tag = t.id.slice(-8);
  const [left, right] = [`l${tag}`, `r${tag}`];
  ip("link", "add", left, "type", "veth", "peer", "name", right);
  t.defer(() => void spawnSync("ip", ["link", "del", right]));
  return [left, right];
}

describe("netDevices", () => {
  scenario(
    "are moved and renamed, with their addresses, and are up",
    async (t) => {
      const [left] = pair(t);
      ip("address", "add", "192.0.2.7/24", "dev", left);
      ip("-6", "address", "add", "2001:db8::7/64", "dev", left, "nodad");
      ip("link", "set", left, "mtu", "1400");
      const { stdout } = succeeded(
        await t.sh("ip address show dev inside; cat /sys/class/net/inside/mtu", (config) => {
          config.linux.netDevices = { [left]: { name: "inside" } };
        }),
      );
      expect(stdout).toContain("inet 192.0.2.7/24");
      expect(stdout).toContain("inet6 2001:db8::7/64");
      expect(stdout).toMatch(/<[^>]*\bUP\b/);
      expect(stdout).toContain("1400");
    },
    { needs },
  );

  scenario(
    "keep all that is permanent and global of their addresses, and what else they are",
    async (t) => {
      const [left] = pair(t);
      const kept = [
        ["192.0.2.7/24", "brd", "192.0.2.255"],
        ["192.0.2.8/24"],
        ["198.51.100.1", "peer", "198.51.100.2/32", "metric", "77"],
        ["203.0.113.1/24", "noprefixroute"],
        ["2001:db8::7/64", "nodad"],
        ["2001:db8::8/64", "nodad", "noprefixroute"],
        ["2001:db8:1::1", "peer", "2001:db8:1::2/128", "nodad"],
        ["2001:db8::d/64", "nodad", "preferred_lft", "0"], // deprecated: nothing new is sent from it
      ];
      const leftBehind = [
        ["203.0.113.9/24", "valid_lft", "1000", "preferred_lft", "1000"],
        ["169.254.7.7/16", "scope", "link"],
      ];
      for (const address of [...kept, ...leftBehind]) ip("address", "add", ...address, "dev", left);
      ip("link", "set", left, "address", "02:00:00:00:00:07", "alias", "an alias");
      const shown = (text: string): string[] =>
        text
          .split(/\n(?= *inet)/)
          .filter((address) => /scope global(?!.*dynamic)/.test(address))
          .map((address) => address.trim().replaceAll(left, "inside"))
          .sort();
      const before = shown(ip("address", "show", "dev", left));
      const pid = await t.startSleeping((config) => {
        config.linux.netDevices = { [left]: { name: "inside" } };
      });
      const { stdout: after } = spawnSync(
        "nsenter",
        ["-t", `${pid}`, "-n", "ip", "-d", "address", "show", "dev", "inside"],
        {
          encoding: "utf8",
        },
      );
      expect(before.length).toBe(kept.length);
      expect(shown(after)).toEqual(before);
      for (const [address = ""] of leftBehind) expect(after).not.toContain(address);
      expect(after).toContain("02:00:00:00:00:07");
      expect(after).toContain("an alias");
    },
    { needs: [...needs, "tool:nsenter"] },
  );

  scenario(
    "keep their name if none is given",
    async (t) => {
      const [left, right] = pair(t);
      const { stdout } = succeeded(
        await t.sh("ls /sys/class/net", (config) => {
          config.linux.netDevices = { [left]: {}, [right]: { name: "other" } };
        }),
      );
      expect(stdout.split(/\s+/).filter(Boolean).sort()).toEqual([left, "lo", "other"].sort());
    },
    { needs },
  );

  scenario(
    "that are not there make create fail",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.netDevices = { nothere: {} };
      });
      const { status, stderr } = await t.runtime.create(t.id, bundle.path);
      expect(status).toBe(1);
      expect(stderr).toContain("/linux/netDevices/nothere: cannot move the network device nothere: find: ENODEV");
      await t.expectNothingLeft();
    },
    { needs },
  );

  scenario(
    "are not moved where the name is taken",
    async (t) => {
      const [left] = pair(t);
      const bundle = await t.bundle((config) => {
        config.linux.netDevices = { [left]: { name: "lo" } };
      });
      const { status, stderr } = await t.runtime.create(t.id, bundle.path);
      expect(status).toBe(1);
      expect(stderr).toContain(`/linux/netDevices/${left}`);
      await t.expectNothingLeft();
    },
    { needs },
  );
});
