/** SELinux: labels of processes, of what is mounted for them, and of their keys. conformance/vm/test-selinux runs it. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { systemCall } from "../../lib/libc/system_call.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { cgroupLayout } from "../harness/facilities.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

const scenario = scenarioWith(["root", "file:/sys/fs/selinux/enforce", "tool:getfattr"]);

const PROCESS = "system_u:system_r:container_t:s0:c1,c2";
const OTHER = "system_u:system_r:container_t:s0:c2";
const FILES = "system_u:object_r:container_file_t:s0:c1,c2";
const KEYCTL_GET_SECURITY = 17;

function labelled(config: TestConfig): void {
  config.process.selinuxLabel = PROCESS;
  config.linux.mountLabel = FILES;
}

/** The label of a file as a container's process sees it. */
async function labelOf(pid: number, path: string): Promise<string> {
  const place = `/proc/${pid}/root${path}`;
  return (await Bun.$`getfattr --absolute-names --only-values -n security.selinux ${place}`.text()).replace(/\0$/, "");
}

const processLabel = (pid: number): string =>
  readFileSync(`/proc/${pid}/attr/current`, "utf8").trim().replace(/\0$/, "");

/** The label of the session keyring that a runtime made for a container. */
function keyringLabel(t: Scenario): string {
  const line = readFileSync("/proc/keys", "utf8")
    .split("\n")
    .find((it) => it.includes(t.id));
  const label = Buffer.alloc(256);
  const key = Number.parseInt(line?.split(" ")[0] ?? "", 16);
  const length = systemCall("keyctl", KEYCTL_GET_SECURITY, key, label, label.length);
  return label.toString("utf8", 0, length).replace(/\0$/, "");
}

describe("labels", () => {
  scenario("of processes: the config's, and for exec another", async (t) => {
    const pid = await t.startSleeping(labelled);
    expect(processLabel(pid)).toBe(PROCESS);
    const current = ["cat", "/proc/self/attr/current"];
    const inherited = succeeded(await t.runtime.command(["exec", t.id, ...current]));
    expect(inherited.stdout.replace(/\0/g, "").trim()).toBe(PROCESS);
    const other = succeeded(await t.runtime.command(["exec", "--process-label", OTHER, t.id, ...current]));
    expect(other.stdout.replace(/\0/g, "").trim()).toBe(OTHER);
  });

  scenario("of the session keyring: the process's", async (t) => {
    await t.startSleeping(labelled);
    expect(keyringLabel(t)).toBe(PROCESS);
  });

  scenario("of mounts: linux.mountLabel, but for what has labels of its own", async (t) => {
    const pid = await t.startSleeping((config) => {
      labelled(config);
      config.mounts.push({ destination: "/scratch", type: "tmpfs", source: "tmpfs" });
      config.linux.maskedPaths = ["/sys/firmware"];
    });
    const everyHierarchy = cgroupLayout() === "v2" ? [] : ["/sys/fs/cgroup"];
    for (const path of ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/scratch", "/sys/firmware", ...everyHierarchy])
      expect(`${path} ${await labelOf(pid, path)}`).toBe(`${path} ${FILES}`);
    for (const path of ["/proc", "/sys"]) expect(await labelOf(pid, path)).not.toBe(FILES);
  });

  scenario("of one mount, in quotes as mount(8) takes it", async (t) => {
    const pid = await t.startSleeping((config) => {
      const options = [`size=64k,context="${FILES}",mode=0700`];
      config.mounts.push({ destination: "/scratch", type: "tmpfs", source: "tmpfs", options });
    });
    expect(await labelOf(pid, "/scratch")).toBe(FILES);
  });

  scenario("that there are not are an error, and nothing is left", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.selinuxLabel = "nobody:knows:this_t:s0";
    });
    const { status, stderr } = await t.runtime.create(t.id, bundle.path);
    expect(status).not.toBe(0);
    if (t.runtime.kind === "tsrun") expect(stderr).toContain("/process/selinuxLabel: ");
    await t.expectNothingLeft();
  });
});
