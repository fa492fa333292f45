/** The command lines of engines, word for word as go-runc, conmon and Podman build them: what they do, and what engines read. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Features } from "../../lib/spec/types.generated.ts";
import { type CommandOptions, cleanEnvironment, type Result, succeeded } from "../harness/command.ts";
import { DescriptorSocket, TerminalMaster } from "../harness/descriptor_socket.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** A bundle, and the files beside it that engines name. */
async function bundle(t: Scenario, args: readonly string[] = ["sleep", "1000"], terminal = false) {
  const made = await t.bundle((config) => {
    config.process.args = [...args];
    config.process.terminal = terminal;
  });
  const file = (name: string): string => join(t.folder, name);
  const read = (name: string): string => readFileSync(file(name), "utf8");
  return { ...made, file, read };
}

/** The socket for a terminal, as an engine makes it. */
function consoleSocket(t: Scenario): { path: string; terminal: () => TerminalMaster } {
  const path = join(t.folder, "console");
  const socket = new DescriptorSocket(path);
  t.defer(() => socket.close());
  return {
    path,
    terminal: () => {
      const master = new TerminalMaster(socket.take().descriptor);
      t.defer(() => master.close());
      return master;
    },
  };
}

/** A process for `exec --process`, as engines write it. */
function processFile(t: Scenario, args: readonly string[], terminal = false): string {
  const path = join(t.folder, "process.json");
  const env = ["PATH=/usr/bin:/bin", "TERM=xterm"];
  writeFileSync(path, JSON.stringify({ terminal, user: { uid: 0, gid: 0 }, args, env, cwd: "/" }));
  return path;
}

describe("go-runc, for containerd's shim", () => {
  /** `runc --root R --log L --log-format json` */
  const call = (t: Scenario, words: readonly string[], options?: CommandOptions): Promise<Result> => {
    const globals = ["--root", t.runtime.root, "--log", join(t.folder, "log.json"), "--log-format", "json"];
    return t.runtime.bare([...globals, ...words], options);
  };

  /** The last error of the log, as the shim looks for it. */
  const lastError = (t: Scenario): { msg: string; time: string } | undefined =>
    readFileSync(join(t.folder, "log.json"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { level: string; msg: string; time: string })
      .filter(({ level }) => level === "error")
      .at(-1);

  scenario("the life of a container", async (t) => {
    const { path, file, read } = await bundle(t);
    succeeded(await call(t, ["create", "--bundle", path, "--pid-file", file("init.pid"), t.id]));
    const pid = Number(read("init.pid"));
    expect(read("init.pid")).toBe(String(pid));
    const created = JSON.parse(succeeded(await call(t, ["state", t.id])).stdout) as { status: string; pid: number };
    expect([created.status, created.pid]).toEqual(["created", pid]);
    succeeded(await call(t, ["start", t.id]));
    expect(JSON.parse(succeeded(await call(t, ["ps", "--format", "json", t.id])).stdout)).toEqual([pid]);
    succeeded(await call(t, ["pause", t.id]));
    succeeded(await call(t, ["resume", t.id]));
    const resources = JSON.stringify({ pids: { limit: 64 } });
    succeeded(
      await call(t, ["update", ...(t.runtime.kind === "crun" ? [] : ["--resources=-"]), t.id], { stdin: resources }),
    );
    const listed = JSON.parse(succeeded(await call(t, ["list", "--format=json"])).stdout) as { id: string }[];
    expect(listed.map(({ id }) => id)).toContain(t.id);
    succeeded(await call(t, ["kill", t.id, "9"]));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await call(t, ["delete", t.id]));
    expect(existsSync(file("log.json")) ? read("log.json") : "").toBe("");
  });

  scenario("create with --no-pivot, --no-new-keyring and a terminal", async (t) => {
    const { path, file } = await bundle(t, ["sh", "-c", "tty; sleep 1000"], true);
    const { path: socket, terminal } = consoleSocket(t);
    const flags = ["--bundle", path, "--console-socket", socket, "--pid-file", file("init.pid")];
    succeeded(await call(t, ["create", ...flags, "--no-pivot", "--no-new-keyring", t.id]));
    const master = terminal();
    succeeded(await call(t, ["start", t.id]));
    await eventually("the terminal", () => master.output.includes("/dev/pts/0"));
  });

  scenario("exec, detached, with and without a terminal", async (t) => {
    const { file, read } = await bundle(t);
    await t.startSleeping();
    const process = processFile(t, ["sleep", "1001"]);
    succeeded(await call(t, ["exec", "--process", process, "--detach", "--pid-file", file("1.pid"), t.id]));
    expect(readFileSync(`/proc/${read("1.pid")}/cmdline`, "utf8")).toBe("sleep\x001001\0");
    const { path: socket, terminal } = consoleSocket(t);
    const other = processFile(t, ["sh", "-c", "tty; sleep 1002"], true);
    const flags = ["--process", other, "--console-socket", socket, "--detach", "--pid-file", file("2.pid")];
    succeeded(await call(t, ["exec", ...flags, t.id]));
    const master = terminal();
    await eventually("the terminal", () => master.output.includes("/dev/pts/"));
  });

  scenario("exec in the foreground ends with the status of the process", async (t) => {
    const { file } = await bundle(t);
    await t.startSleeping();
    const process = processFile(t, ["sh", "-c", "exit 7"]);
    expect((await call(t, ["exec", "--process", process, "--pid-file", file("1.pid"), t.id])).status).toBe(7);
  });

  scenario("run --detach --no-subreaper, and kill --all", async (t) => {
    const { path, file } = await bundle(t);
    const flags = ["--bundle", path, "--pid-file", file("pid"), "--detach", "--no-subreaper"];
    succeeded(await call(t, ["run", ...flags, t.id]));
    succeeded(await call(t, ["kill", "--all", t.id, "9"]));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await call(t, ["kill", "--all", t.id, "9"]));
    succeeded(await call(t, ["delete", "--force", t.id]));
    succeeded(await call(t, ["delete", "--force", t.id]));
  });

  scenario(
    "events --stats",
    async (t) => {
      await t.startSleeping();
      const event = JSON.parse(succeeded(await call(t, ["events", "--stats", t.id])).stdout) as {
        type: string;
        id: string;
        data: Record<string, unknown>;
      };
      expect([event.type, event.id]).toEqual(["stats", t.id]);
      for (const part of ["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"])
        expect(event.data).toHaveProperty(part);
    },
    { needs: ["not-runtime:crun"] }, // it has no such command
  );

  scenario("the shim finds the reason of a failure in the log", async (t) => {
    const { path, file } = await bundle(t, ["no-such-command"]);
    expect((await call(t, ["create", "--bundle", path, "--pid-file", file("init.pid"), t.id])).status).toBe(1);
    expect(lastError(t)?.msg).toMatch(/executable file .*not found in \$PATH/);
    expect(new Date(lastError(t)?.time ?? "").getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(existsSync(file("init.pid"))).toBeFalse();
  });

  scenario(
    "the words by which the shim tells what a failed kill means",
    async (t) => {
      expectFailure(await call(t, ["kill", t.id, "15"]), "does not exist");
      await t.startSleeping();
      succeeded(await call(t, ["kill", t.id, "9"]));
      await t.runtime.waitFor(t.id, "stopped");
      const { stderr } = await call(t, ["kill", t.id, "15"]);
      expect(stderr.toLowerCase()).toMatch(/process already finished|container not running|no such process/);
    },
    { needs: ["not-runtime:crun"] },
  );
});

describe("conmon", () => {
  const call = (t: Scenario, words: readonly string[], options?: CommandOptions): Promise<Result> => {
    const globals = [`--root=${t.runtime.root}`, "--log-format=json", `--log=${join(t.folder, "oci-log")}`];
    return t.runtime.bare([...globals, ...words], options);
  };

  scenario("create, and exec whose pid file says that it went well", async (t) => {
    const { path, file, read } = await bundle(t);
    succeeded(await call(t, ["create", "--bundle", path, "--pid-file", file("pidfile"), t.id]));
    succeeded(await t.runtime.start(t.id));
    const process = processFile(t, ["sleep", "1001"]);
    succeeded(await call(t, ["exec", "--pid-file", file("exec-pid"), "--process", process, "--detach", t.id]));
    expect(Number(read("exec-pid"))).toBeGreaterThan(1);
    const wrong = processFile(t, ["no-such-command"]);
    const failed = await call(t, ["exec", "--pid-file", file("none"), "--process", wrong, "--detach", t.id]);
    expect(failed.status).not.toBe(0);
    expect(existsSync(file("none"))).toBeFalse();
  });

  scenario("a container's process is no child of the runtime's, but of whoever called it", async (t) => {
    const { path, file, read } = await bundle(t);
    succeeded(await call(t, ["create", "--bundle", path, "--pid-file", file("pidfile"), t.id]));
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${read("pidfile")}/status`, "utf8"))?.[1];
    expect(readFileSync(`/proc/${parent}/comm`, "utf8")).not.toMatch(/runc|crun|tsrun/);
  });
});

describe("Podman", () => {
  const call = (t: Scenario, words: readonly string[]): Promise<Result> => {
    const env = { ...cleanEnvironment, XDG_RUNTIME_DIR: t.folder };
    return t.runtime.bare(["--root", t.runtime.root, ...words], { env });
  };

  scenario("start, state, kill, update, delete", async (t) => {
    const { path, file } = await bundle(t);
    succeeded(await call(t, ["create", "--bundle", path, "--pid-file", file("pidfile"), t.id]));
    succeeded(await call(t, ["start", t.id]));
    expect(JSON.parse(succeeded(await call(t, ["state", t.id])).stdout)).toMatchObject({ id: t.id, status: "running" });
    writeFileSync(file("resources"), JSON.stringify({ pids: { limit: 64 } }));
    succeeded(await call(t, ["update", `--resources=${file("resources")}`, t.id]));
    succeeded(await call(t, ["kill", t.id, "15"]));
    succeeded(await call(t, ["kill", "--all", t.id, "9"]));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await call(t, ["delete", "--force", t.id]));
  });

  scenario("reads the log of a failure as one JSON object", async (t) => {
    const { path, file } = await bundle(t, ["/etc/passwd"]);
    const globals = ["--log-format=json", `--log=${file("oci-log")}`];
    const result = await t.runtime.command([...globals, "create", "--bundle", path, "--pid-file", file("p"), t.id]);
    expect(result.status).not.toBe(0);
    const entry = JSON.parse(readFileSync(file("oci-log"), "utf8")) as { msg: string; level: string };
    expect(entry.level).toBe("error");
    expect(entry.msg.toLowerCase()).toContain("permission denied");
  });

  scenario("asks for version", async (t) => {
    expect(succeeded(await t.runtime.bare(["--version"])).stdout).toMatch(/^\S+ version /);
  });
});

describe("engines look in features for", () => {
  const look = async (t: Scenario): Promise<Features> =>
    JSON.parse(succeeded(await t.runtime.bare(["features"])).stdout) as Features;

  scenario(
    "the options of recursively read-only mounts: dockerd, containerd's CRI plugin, CRI-O, nerdctl",
    async (t) => {
      const { mountOptions = [] } = await look(t);
      expect(mountOptions).toContain("rro");
    },
    { needs: ["not-runtime:crun"] }, // crun 1.8.1 does not know the command
  );

  scenario(
    "id-mapped mounts, for pods with user namespaces: containerd's CRI plugin, CRI-O",
    async (t) => {
      expect((await look(t)).linux?.mountExtensions?.idmap?.enabled).toBe(true);
    },
    { needs: ["not-runtime:crun", "not-runtime:runc"] }, // runc 1.1.5 does not have them
  );

  scenario(
    "seccomp, and its notifications: dockerd, Podman, CRI-O",
    async (t) => {
      const { seccomp } = (await look(t)).linux ?? {};
      expect(seccomp?.enabled).toBe(true);
      expect(seccomp?.actions).toContain("SCMP_ACT_NOTIFY");
      expect(seccomp?.operators).toContain("SCMP_CMP_MASKED_EQ");
    },
    { needs: ["not-runtime:crun"] },
  );
});
