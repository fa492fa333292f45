/** What tsrun has and its peers do not: validate, plan, and errors with their place. */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { scenario } from "../harness/scenario.ts";

const tsrunOnly = { needs: ["runtime:tsrun"] } as const;

describe("validate", () => {
  scenario(
    "a good config: no output, exit status 0",
    async (t) => {
      const bundle = await t.bundle();
      const result = succeeded(await t.runtime.bare(["validate", "--bundle", bundle.path]));
      expect(result.stdout + result.stderr).toBe("");
      succeeded(await t.runtime.bare(["validate"], { cwd: bundle.path }));
    },
    tsrunOnly,
  );

  scenario(
    "tells every problem at once, each with pointer, line, column, what was expected and found",
    async (t) => {
      const bundle = await t.bundle();
      const config = { ...bundle.config, hostname: 5, root: {}, linux: { namespaces: [{ type: "space" }] } };
      bundle.saveText(JSON.stringify(config, null, 2));
      const result = await t.runtime.bare(["validate", "--bundle", bundle.path]);
      expect(result.status).toBe(1);
      for (const pointer of ["/hostname", "/root", "/linux/namespaces/0/type"])
        expect(result.stdout).toMatch(new RegExp(`config\\.json:\\d+:\\d+: ${pointer}\\b.*`));
      expect(result.stdout).toContain("expected a string, found 5");
    },
    tsrunOnly,
  );

  scenario(
    "--format json",
    async (t) => {
      const bundle = await t.bundle();
      bundle.saveText('{\n  "ociVersion": "1.0.2",\n  "hostname": 5,\n  "root": { "path": "rootfs" }\n}\n');
      const result = await t.runtime.bare(["validate", "--format", "json", "--bundle", bundle.path]);
      expect(result.status).toBe(1);
      const problems = JSON.parse(result.stdout) as { pointer: string; line: number; column: number }[];
      expect(problems).toContainEqual(
        expect.objectContaining({ pointer: "/hostname", line: 3, column: 15, expected: "a string", found: "5" }),
      );
    },
    tsrunOnly,
  );

  scenario(
    "create refuses with the same text",
    async (t) => {
      const bundle = await t.bundle();
      bundle.saveText(JSON.stringify({ ...bundle.config, hostname: 5 }, null, 2));
      const [validated, created] = [
        await t.runtime.bare(["validate", "--bundle", bundle.path]),
        await t.runtime.create(t.id, bundle.path),
      ];
      expectFailure(created, validated.stdout.trim());
      await t.expectNothingLeft();
    },
    tsrunOnly,
  );

  scenario(
    "unknown fields are accepted",
    async (t) => {
      const bundle = await t.bundle();
      bundle.saveText(JSON.stringify({ ...bundle.config, futureField: { a: [1] } }));
      succeeded(await t.runtime.bare(["validate", "--bundle", bundle.path]));
      succeeded(await t.runtime.run(t.id, bundle.path));
    },
    tsrunOnly,
  );
});

describe("plan", () => {
  scenario(
    "prints the program and runs nothing",
    async (t) => {
      let shared = "";
      const bundle = await t.bundle((config) => {
        shared = t.share(config);
        config.process.args = ["touch", "/shared/ran"];
      });
      const { stdout } = succeeded(await t.runtime.command(["plan", "--bundle", bundle.path]));
      for (const text of ["# /linux/namespaces", "# /hostname", "# /mounts/0", "pivot_root", "execve", '"typical"'])
        expect(stdout).toContain(text);
      expect(existsSync(join(shared, "ran"))).toBeFalse();
      expect(existsSync(join(bundle.rootfs, "shared"))).toBeFalse();
      await t.expectNothingLeft();
    },
    tsrunOnly,
  );

  scenario(
    "--format json: instructions in their order, each with its origin",
    async (t) => {
      const bundle = await t.bundle();
      const { stdout } = succeeded(await t.runtime.command(["plan", "--format", "json", "--bundle", bundle.path]));
      const { instructions } = JSON.parse(stdout) as {
        instructions: { index: number; origin: string; call?: string }[];
      };
      expect(instructions.map(({ index }) => index)).toEqual(instructions.map((_, i) => i));
      const first = (call: string): number => instructions.findIndex((instruction) => instruction.call === call);
      expect(first("pivot_root")).toBeGreaterThan(first("move_mount"));
      expect(first("execve")).toBeGreaterThan(first("pivot_root"));
      expect(instructions.find(({ call }) => call === "sethostname")?.origin).toBe("/hostname");
    },
    tsrunOnly,
  );

  scenario(
    "its output may be cut off by a reader that has enough",
    async (t) => {
      const bundle = await t.bundle();
      const errors = join(t.folder, "errors");
      const line = `${t.runtime.path} plan --format json --bundle ${bundle.path} 2>${errors} | head -n 1`;
      expect((await Bun.$`sh -c ${line}`.quiet()).stdout.toString()).toBe("{\n");
      expect(readFileSync(errors, "utf8")).toBe("");
    },
    tsrunOnly,
  );
});

describe("errors", () => {
  scenario(
    "name the command, the place, the call, the errno",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/data", type: "bind", source: "/srv/no-such", options: ["bind"] });
      });
      const { stderr } = await t.runtime.create(t.id, bundle.path);
      expect(stderr).toMatch(
        /^tsrun: create: \/mounts\/7 \(bind \/srv\/no-such on \/data\): .*\("\/srv\/no-such"\): ENOENT: no such file or directory\n$/,
      );
      await t.expectNothingLeft();
    },
    tsrunOnly,
  );

  scenario(
    "in a JSON log carry a stable code, and pointer and errno where there are any",
    async (t) => {
      const log = join(t.folder, "log");
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/data", type: "bind", source: "/srv/no-such", options: ["bind"] });
      });
      const flags = ["--log", log, "--log-format", "json"];
      await t.runtime.command([...flags, "create", "--bundle", bundle.path, t.id]);
      await t.runtime.command([...flags, "state", t.id]);
      const [create, state] = readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(create).toMatchObject({ level: "error", code: "system", pointer: "/mounts/7" });
      expect(JSON.stringify(create?.errno)).toMatch(/ENOENT|2/);
      expect(state).toMatchObject({ level: "error", code: "container.not_found" });
      expect(state?.msg).toEndWith("container does not exist");
    },
    tsrunOnly,
  );

  for (const id of ["plain", "-with-a-dash"])
    scenario(
      `of a process that run hands over are logged in the name of run, with the id ${id}`,
      async (t) => {
        const log = join(t.folder, "log");
        const bundle = await t.bundle((config) => {
          config.process.args = ["/bin/garbage"];
        });
        writeFileSync(join(bundle.rootfs, "bin/garbage"), "no program", { mode: 0o755 });
        const flags = ["--log", "log", "--log-format", "json"];
        const line = [...flags, "run", "--bundle", bundle.path, "--", id];
        expectFailure(await t.runtime.command(line, { cwd: t.folder }), "exec format error");
        expect(JSON.parse(readFileSync(log, "utf8"))).toMatchObject({
          level: "error",
          msg: 'run: /process/args: exec "/bin/garbage": exec format error',
          code: "exec.not_executable",
          errno: "ENOEXEC",
        });
        expect(readdirSync(t.runtime.root)).toEqual([]);
      },
      tsrunOnly,
    );

  scenario(
    "of exec are logged in its name, with status 255; mistakes in its options with status 1",
    async (t) => {
      await t.startSleeping();
      const bundle = (await t.runtime.state(t.id)).bundle;
      writeFileSync(join(bundle, "rootfs/bin/garbage"), "no program", { mode: 0o755 });
      const log = join(t.folder, "log");
      const exec = async (...words: string[]) => {
        rmSync(log, { force: true });
        const { status } = await t.runtime.command(["--log", log, "--log-format", "json", "exec", ...words]);
        return { ...(JSON.parse(readFileSync(log, "utf8")) as object), status };
      };
      expect(await exec(t.id, "garbage")).toMatchObject({ status: 255, errno: "ENOEXEC" });
      expect(await exec(t.id, "--no-such")).toMatchObject({ status: 255, code: "exec.not_found" });
      expect(await exec("--no-such", t.id, "true")).toMatchObject({ status: 1, code: "usage" });
    },
    tsrunOnly,
  );

  scenario(
    "a feature that is valid but not there yet is refused by its name, never ignored",
    async (t) => {
      const bundle = await t.bundle();
      const process = { ...bundle.config.process, execCPUAffinity: { initial: "0" } };
      const linux = { ...bundle.config.linux, intelRdt: { closID: "x" } };
      bundle.saveText(JSON.stringify({ ...bundle.config, process, linux }));
      expectFailure(await t.runtime.create(t.id, bundle.path), "/linux/intelRdt");
      await t.expectNothingLeft();
    },
    tsrunOnly,
  );
});

describe("a runtime that is killed", () => {
  scenario(
    "at any moment of create leaves something that delete --force removes whole",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      for (let delay = 0; delay < 40; delay++) {
        await t.runtime.create(t.id, bundle.path, {
          onStart: (pid) => {
            setTimeout(() => {
              try {
                process.kill(pid, "SIGKILL");
              } catch {
                // it was faster
              }
            }, delay);
          },
        });
        succeeded(await t.runtime.delete(t.id, "--force"));
        await t.expectNothingLeft();
      }
    },
    { ...tsrunOnly, timeout: 120_000 }, // runc's delete does not find a process that was not yet noted
  );
});

scenario(
  "--debug tells what every command does to a container, on standard error or in the log",
  async (t) => {
    await t.startSleeping();
    const said = async (...words: string[]): Promise<string> => {
      const result = await t.runtime.command(["--debug", ...words]);
      expect(result.status).toBe(0);
      return result.stderr;
    };
    expect(await said("exec", t.id, "true")).toContain("tsrun:exec");
    expect(await said("update", "--pids-limit", "40", t.id)).toContain("pids.max: 40");
    expect(await said("kill", t.id, "KILL")).toContain("tsrun:kill signal 9");
    await t.runtime.waitFor(t.id, "stopped");
    const log = join(t.folder, "debug.json");
    await said("--log", log, "--log-format", "json", "delete", t.id);
    expect(readFileSync(log, "utf8")).toContain('"level":"debug","msg":"delete: ');
  },
  tsrunOnly,
);
