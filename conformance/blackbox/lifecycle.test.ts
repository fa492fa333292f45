/** create, state, start, kill, delete: what each does, in which status it is refused, and with which words. */

import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { minimalConfig, withoutPidNamespace } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { isAlive } from "../harness/leftovers.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** Create a container that will sleep. */
async function createSleeping(t: Scenario): Promise<string> {
  const bundle = await t.bundle((config) => {
    config.process.args = ["sleep", "1000"];
  });
  succeeded(await t.runtime.create(t.id, bundle.path));
  return bundle.path;
}

async function stopped(t: Scenario): Promise<void> {
  await t.startSleeping();
  succeeded(await t.runtime.kill(t.id, "KILL"));
  await t.runtime.waitFor(t.id, "stopped");
}

describe("create and start", () => {
  scenario("create makes the container, start runs its process", async (t) => {
    let shared = "";
    const bundle = await t.bundle((config) => {
      shared = t.share(config);
      config.process.args = ["sh", "-c", "echo run >/shared/it; exec sleep 1000"];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    expect(await t.runtime.status(t.id)).toBe("created");
    expect(existsSync(join(shared, "it"))).toBeFalse();
    succeeded(await t.runtime.start(t.id));
    expect(await t.runtime.status(t.id)).toBe("running");
    await eventually("the file", () => existsSync(join(shared, "it")));
  });

  scenario("a container whose process has ended is stopped", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    await t.expectNothingLeft();
  });

  scenario("changes of config.json after create have no effect", async (t) => {
    let shared = "";
    const bundle = await t.bundle((config) => {
      shared = t.share(config);
      config.process.args = ["sh", "-c", "echo first >/shared/it"];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    bundle.config.process.args = ["sh", "-c", "echo second >/shared/it"];
    bundle.save();
    succeeded(await t.runtime.start(t.id));
    await t.runtime.waitFor(t.id, "stopped");
    expect(readFileSync(join(shared, "it"), "utf8")).toBe("first\n");
  });

  scenario("the bundle is the working directory if it is not given", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.command(["create", t.id], { cwd: bundle.path }));
    const state = await t.runtime.state(t.id);
    expect(state.bundle).toBe(bundle.path);
  });

  scenario("a relative bundle is found, and state has it absolute", async (t) => {
    const bundle = await t.bundle();
    const name = bundle.path.slice(t.folder.length + 1);
    succeeded(await t.runtime.create(t.id, name, { cwd: t.folder }));
    expect((await t.runtime.state(t.id)).bundle).toBe(bundle.path);
  });

  scenario("the minimal config works too", async (t) => {
    const bundle = await t.bundle(() => {}, minimalConfig());
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    await t.runtime.waitFor(t.id, "stopped");
  });

  scenario("--no-pivot and --no-new-keyring are accepted", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["/probe"];
    });
    const probe = await t.runProbe(bundle, { flags: ["--no-pivot", "--no-new-keyring"] });
    expect(probe.session_keyring).not.toContain(t.id);
    expect(probe.mounts.filter((mount) => mount.target === "/")).toHaveLength(1);
  });

  scenario("an existing id is refused, and its container stays as it was", async (t) => {
    const bundle = await createSleeping(t);
    expectFailure(
      await t.runtime.create(t.id, bundle),
      t.runtime.kind === "crun" ? "already exists" : ["container with given ID already exists"],
    );
    expect(await t.runtime.status(t.id)).toBe("created");
    succeeded(await t.runtime.start(t.id));
    expect(await t.runtime.status(t.id)).toBe("running");
  });

  for (const id of ["a/b", "..", ".", "a b", "ä", "a:b", ""])
    scenario(
      `the id ${JSON.stringify(id)} is refused`,
      async (t) => {
        const bundle = await t.bundle();
        const result = await t.runtime.create(id, bundle.path);
        expect(result.status).toBe(1);
        expect(result.stderr).toMatch(/container ID|container id/);
        expect(readFolder(t.runtime.root)).toEqual([]);
      },
      { needs: ["not-runtime:crun"] }, // 1.8.1 checks no more than that the id is one path element
    );

  for (const suffix of ["A", "_", "+", "-", ".", "0"])
    scenario(`an id may contain ${suffix}`, async (t) => {
      const bundle = await t.bundle();
      const id = `${t.newId()}${suffix}x`;
      t.defer(async () => {
        await t.runtime.delete(id, "--force");
      });
      succeeded(await t.runtime.create(id, bundle.path));
      expect((await t.runtime.state(id)).id).toBe(id);
      succeeded(await t.runtime.delete(id));
    });
});

function readFolder(path: string): string[] {
  return existsSync(path) ? [...new Bun.Glob("*").scanSync({ cwd: path, onlyFiles: false, dot: true })] : [];
}

describe("state", () => {
  scenario("has the specification's fields and the ones that engines read", async (t) => {
    const bundle = await t.bundle((config) => {
      config.annotations = { "org.example.one": "1", "org.example.two": "" };
      config.process.args = ["sleep", "1000"];
    });
    const pidFile = join(t.folder, "pid");
    succeeded(await t.runtime.create(t.id, bundle.path, { pidFile }));
    const state = await t.runtime.state(t.id);
    expect(state).toMatchObject({ id: t.id, status: "created", bundle: bundle.path });
    expect(state.annotations).toEqual({ "org.example.one": "1", "org.example.two": "" });
    expect(state.ociVersion).toMatch(/^1\.\d+\.\d+/);
    expect(state.pid).toBe(Number(readFileSync(pidFile, "utf8")));
    expect(isAlive(state.pid ?? 0)).toBeTrue();
    expect(Math.abs(Date.parse(state.created ?? "") - Date.now())).toBeLessThan(60_000);
    expect(state.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    if (t.runtime.kind !== "crun") expect(state.rootfs).toBe(bundle.rootfs); // crun gives root.path as it stands
    expect(state).toHaveProperty("owner");
  });

  scenario("of a stopped container has pid 0", async (t) => {
    await stopped(t);
    expect((await t.runtime.state(t.id)).pid).toBe(0);
  });

  scenario("the pid is the process's until it ends", async (t) => {
    const pid = await t.startSleeping();
    // the runtime's own until it is executed, of which runc's start does not wait for the end
    await eventually("its command", () => readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sleep\x001000\0");
    expect((await t.runtime.state(t.id)).pid).toBe(pid);
  });
});

describe("pid file", () => {
  scenario("has the decimal pid and no newline", async (t) => {
    const bundle = await t.bundle();
    const pidFile = join(t.folder, "pid");
    succeeded(await t.runtime.create(t.id, bundle.path, { pidFile }));
    expect(readFileSync(pidFile, "utf8")).toMatch(/^[1-9]\d*$/);
  });

  scenario("replaces an old one", async (t) => {
    const bundle = await t.bundle();
    const pidFile = join(t.folder, "pid");
    writeFileSync(pidFile, "999999999 and more\n");
    succeeded(await t.runtime.create(t.id, bundle.path, { pidFile }));
    expect(Number(readFileSync(pidFile, "utf8"))).toBe((await t.runtime.state(t.id)).pid ?? 0);
  });

  scenario(
    "a relative path starts at the caller's directory, not at the bundle",
    async (t) => {
      const bundle = await t.bundle();
      succeeded(await t.runtime.create(t.id, bundle.path, { pidFile: "pid", cwd: t.folder }));
      expect(existsSync(join(t.folder, "pid"))).toBeTrue();
      expect(existsSync(join(bundle.path, "pid"))).toBeFalse();
    },
    { needs: ["not-runtime:crun"] },
  ); // it writes after chdir to the bundle

  scenario(
    "that cannot be written makes create fail, and nothing is left",
    async (t) => {
      const bundle = await t.bundle();
      const result = await t.runtime.create(t.id, bundle.path, { pidFile: join(t.folder, "no/such/folder/pid") });
      expect(result.status).toBe(1);
      expect(result.stderr).toContain("no/such/folder");
      await t.expectNothingLeft();
    },
    // both leave the half-made container behind
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  );

  scenario(
    "whose place is taken by a directory makes create fail, and no other file is left there",
    async (t) => {
      const bundle = await t.bundle();
      const pidFile = join(t.folder, "pids/pid");
      mkdirSync(pidFile, { recursive: true });
      expectFailure(await t.runtime.create(t.id, bundle.path, { pidFile }), [
        `--pid-file ${pidFile}`,
        "is a directory",
      ]);
      expect(readFolder(join(t.folder, "pids"))).toEqual(["pid"]);
      await t.expectNothingLeft();
    },
    // both leave the half-made container behind
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  );

  scenario("is not written when create fails", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["no-such-command"];
    });
    const pidFile = join(t.folder, "pid");
    expect((await t.runtime.create(t.id, bundle.path, { pidFile })).status).toBe(1);
    expect(existsSync(pidFile)).toBeFalse();
  });
});

describe("refused in the wrong status", () => {
  scenario("start of a running container", async (t) => {
    await t.startSleeping();
    expectFailure(
      await t.runtime.start(t.id),
      t.runtime.kind === "crun" ? "exec.fifo" : "cannot start an already running container",
    );
    expect(await t.runtime.status(t.id)).toBe("running");
  });

  scenario("start of a stopped container", async (t) => {
    await stopped(t);
    expectFailure(
      await t.runtime.start(t.id),
      t.runtime.kind === "crun" ? "is not running" : "cannot start a container that has stopped",
    );
  });

  scenario("kill of a stopped container", async (t) => {
    await stopped(t);
    expectFailure(await t.runtime.kill(t.id, "KILL"), t.runtime.kind === "crun" ? "" : "container not running");
  });

  scenario("delete of a running container", async (t) => {
    const pid = await t.startSleeping();
    expectFailure(
      await t.runtime.delete(t.id),
      t.runtime.kind === "crun"
        ? "is not in `created` or `stopped` state"
        : `cannot delete container ${t.id} that is not stopped: running`,
    );
    expect(isAlive(pid)).toBeTrue();
  });

  for (const command of ["state", "start", "kill", "delete"])
    scenario(`${command} of an unknown container`, async (t) => {
      const unknown = t.runtime.kind === "crun" ? "No such file or directory" : "container does not exist";
      expectFailure(await t.runtime.command([command, t.id]), unknown);
    });
});

describe("delete", () => {
  scenario("of a created container kills its process", async (t) => {
    await createSleeping(t);
    const { pid } = await t.runtime.state(t.id);
    succeeded(await t.runtime.delete(t.id));
    expect(isAlive(pid ?? 0)).toBeFalse();
    expectFailure(
      await t.runtime.command(["state", t.id]),
      t.runtime.kind === "crun" ? "" : "container does not exist",
    );
    await t.expectNothingLeft();
  });

  scenario("--force of a running container kills all its processes", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "sleep 1001 & sleep 1002 & exec sleep 1000"];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    succeeded(await t.runtime.delete(t.id, "--force"));
    await t.expectNothingLeft();
  });

  scenario("-f of an unknown container succeeds", async (t) => {
    succeeded(await t.runtime.delete(t.id, "-f"));
    succeeded(await t.runtime.delete(t.id, "--force"));
  });

  scenario("frees the id", async (t) => {
    const bundle = await t.bundle();
    for (let i = 0; i < 3; i++) {
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await t.runtime.delete(t.id));
    }
  });

  scenario("--force of a container without a PID namespace leaves none of its processes", async (t) => {
    await t.startSleeping((config) => {
      withoutPidNamespace(config);
      config.process.args = ["sh", "-c", "sleep 1001 & sleep 1002 & exec sleep 1000"];
    });
    succeeded(await t.runtime.delete(t.id, "--force"));
    await t.expectNothingLeft();
  });
});

describe("a command that cannot be executed is an error of create", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["not in PATH", "no-such-command", ['exec: "no-such-command": executable file not found in $PATH']],
    ["a missing path", "/no/such", ['exec: "/no/such": stat /no/such: no such file or directory']],
    ["not executable", "/etc/passwd", ["permission denied"]],
    ["a directory", "/etc", ["is a directory"]],
  ];
  for (const [what, command, texts] of cases)
    scenario(`${what}: ${command}`, async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = [command];
      });
      const result = await t.runtime.create(t.id, bundle.path);
      // crun: "executable file `x` not found in $PATH"; runc 1.1.5 says permission denied of a directory
      const expected = t.runtime.kind === "crun" ? [] : t.runtime.kind === "runc" && command === "/etc" ? [] : texts;
      expectFailure(result, expected);
      await t.expectNothingLeft();
    });

  scenario("not in the PATH of the config", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.env = ["PATH=/usr/bin"];
      config.process.args = ["sleep", "1"];
    });
    expectFailure(
      await t.runtime.create(t.id, bundle.path),
      t.runtime.kind === "crun" ? "not found in $PATH" : 'exec: "sleep": executable file not found in $PATH',
    );
    await t.expectNothingLeft();
  });

  scenario("found in a folder of PATH that is only in the container", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.env = ["PATH=/opt/only-here"];
      config.process.args = ["mine"];
    });
    mkdirSync(join(bundle.rootfs, "opt/only-here"), { recursive: true });
    const script = join(bundle.rootfs, "opt/only-here/mine");
    writeFileSync(script, "#!/bin/sh\necho found\n");
    chmodSync(script, 0o755);
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("found\n");
  });

  scenario(
    "what the kernel refuses to execute is an error of start, after which the container has stopped",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/opt/broken"];
      });
      mkdirSync(join(bundle.rootfs, "opt"));
      writeFileSync(join(bundle.rootfs, "opt/broken"), "\x7fELF but no more", { mode: 0o755 });
      for (let i = 0; i < 20; i++) {
        succeeded(await t.runtime.create(t.id, bundle.path));
        expectFailure(await t.runtime.start(t.id), "exec format error");
        succeeded(await t.runtime.delete(t.id));
      }
    },
    { needs: ["runtime:tsrun"] }, // runc's and crun's start succeeds: they report nothing from behind it
  );
});

describe("a config without a process", () => {
  scenario(
    "is created, and cannot be started (runtime.md, Start)",
    async (t) => {
      const bundle = await t.bundle((config) => {
        Reflect.deleteProperty(config, "process");
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      expect(await t.runtime.status(t.id)).toBe("created");
      const { status, stderr } = await t.runtime.start(t.id);
      expect(status).toBe(1);
      expect(stderr).toContain("/process: the config has no process to start");
      expect(await t.runtime.status(t.id)).toBe("stopped");
    },
    { needs: ["runtime:tsrun"] }, // runc and crun refuse to create it
  );
});
