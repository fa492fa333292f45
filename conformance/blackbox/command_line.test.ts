/** Spellings of flags, the log, version, help, spec, and errors of usage. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setCgroup, type TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const likeRunc = { needs: ["not-runtime:crun"] } as const;

describe("flags", () => {
  scenario(
    "long ones may have a single dash",
    async (t) => {
      const bundle = await t.bundle();
      const root = ["-root", t.runtime.root];
      const pidFile = join(t.folder, "pid");
      succeeded(await t.runtime.bare([...root, "create", "-bundle", bundle.path, "-pid-file", pidFile, t.id]));
      expect(existsSync(pidFile)).toBeTrue();
      const list = succeeded(await t.runtime.bare([...root, "list", "-format", "json"])).stdout;
      expect(list).toContain(t.id);
      succeeded(await t.runtime.bare([...root, "delete", "-force", t.id]));
    },
    likeRunc, // crun's parser knows only double dashes
  );

  scenario("values follow as a word or behind an equals sign", async (t) => {
    const bundle = await t.bundle();
    const pidFile = join(t.folder, "pid");
    const flags = [`--bundle=${bundle.path}`, `--pid-file=${pidFile}`];
    succeeded(await t.runtime.bare([`--root=${t.runtime.root}`, "create", ...flags, t.id]));
    expect(existsSync(pidFile)).toBeTrue();
    expect((await t.runtime.state(t.id)).bundle).toBe(bundle.path);
  });

  scenario("-b is --bundle", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.command(["create", "-b", bundle.path, t.id]));
  });

  for (const flag of ["--config", "-f"])
    scenario(
      `${flag} names another config than config.json`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.process.args = ["echo", "from the other"];
        });
        renameSync(join(bundle.path, "config.json"), join(t.folder, "other.json"));
        const line = ["run", "-b", bundle.path, flag, "other.json", t.id];
        const result = await t.runtime.command(line, { cwd: t.folder });
        expect(succeeded(result).stdout).toBe("from the other\n");
      },
      { needs: ["not-runtime:runc"] },
    );

  scenario(
    "may stand behind the arguments",
    async (t) => {
      const bundle = await t.bundle();
      succeeded(await t.runtime.command(["create", t.id, "--bundle", bundle.path]));
      succeeded(await t.runtime.command(["kill", t.id, "KILL", "--all"]));
      succeeded(await t.runtime.command(["delete", t.id, "-f"]));
      succeeded(await t.runtime.command(["delete", t.id, "--force"]));
    },
    likeRunc,
  ); // crun 1.8.1 takes them for arguments

  scenario("the state root is made if missing, for root only", async (t) => {
    const bundle = await t.bundle();
    const root = join(t.folder, "not/yet/there");
    succeeded(await t.runtime.bare(["--root", root, "create", "-b", bundle.path, t.id]));
    const mode = (await Bun.file(root).stat()).mode & 0o777;
    succeeded(await t.runtime.bare(["--root", root, "delete", t.id]));
    expect(mode).toBe(0o700);
  });

  scenario(
    "a relative state root starts at the caller's directory",
    async (t) => {
      const bundle = await t.bundle();
      const here = { cwd: t.folder };
      succeeded(await t.runtime.bare(["--root", "relative-root", "create", "-b", bundle.path, t.id], here));
      expect(existsSync(join(t.folder, "relative-root", t.id))).toBeTrue();
      succeeded(await t.runtime.bare(["--root", "relative-root", "delete", t.id], here));
    },
    likeRunc,
  ); // crun changes to the bundle first
});

describe("errors of usage", () => {
  const lines: readonly (readonly string[])[] = [
    ["no-such-command"],
    ["--no-such-flag"],
    ["create", "--no-such-flag", "x"],
    ["create"],
    ["create", "one", "two"],
    ["start"],
    ["state"],
    ["kill"],
    ["delete"],
    ["list", "--format"],
    ["create", "--preserve-fds", "many", "x"],
  ];
  for (const line of lines)
    scenario(
      `${line.join(" ")}`,
      async (t) => {
        const result = await t.runtime.command(line);
        expect(result.status).toBeGreaterThan(0);
        expect(result.status).toBeLessThan(126);
        expect(result.stderr).not.toBe("");
      },
      likeRunc,
    ); // crun takes surplus and missing arguments more easily
});

/** An unknown container, logged. */
async function failWithLog(t: Scenario, log: string, ...flags: string[]): Promise<void> {
  expectFailure(
    await t.runtime.command(["--log", log, ...flags, "state", t.id]),
    t.runtime.kind === "crun" ? "" : "container does not exist",
  );
}

describe("--log", () => {
  scenario(
    "gets the error, and standard error gets it too",
    async (t) => {
      const log = join(t.folder, "log");
      await failWithLog(t, log);
      expect(readFileSync(log, "utf8")).toContain("container does not exist");
    },
    likeRunc,
  );

  scenario("--log-format json writes one object per error", async (t) => {
    const log = join(t.folder, "log.json");
    await failWithLog(t, log, "--log-format", "json");
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    const entry = JSON.parse(lines[0] ?? "") as { level: string; msg: string; time: string };
    expect(entry.level).toBe("error");
    expect(entry.msg).toContain(t.runtime.kind === "crun" ? "No such file" : "container does not exist");
    expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    expect(Math.abs(Date.parse(entry.time) - Date.now())).toBeLessThan(60_000);
  });

  scenario("is appended to", async (t) => {
    const log = join(t.folder, "log.json");
    await failWithLog(t, log, "--log-format", "json");
    await failWithLog(t, log, "--log-format=json");
    expect(readFileSync(log, "utf8").trimEnd().split("\n")).toHaveLength(2);
  });

  scenario("of commands that succeed is empty", async (t) => {
    const log = join(t.folder, "log.json");
    const bundle = await t.bundle();
    const flags = ["--log", log, "--log-format", "json"];
    succeeded(await t.runtime.command([...flags, "create", "--bundle", bundle.path, t.id]));
    for (const command of ["start", "state", "delete"]) {
      if (command === "delete") await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.command([...flags, command, t.id]));
    }
    expect(existsSync(log) ? readFileSync(log, "utf8") : "").toBe("");
  });

  scenario("a create that fails is one JSON object, as engines read it", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["no-such-command"];
    });
    const log = join(t.folder, "log.json");
    const result = await t.runtime.command(["--log", log, "--log-format", "json", "create", "-b", bundle.path, t.id]);
    expect(result.status).toBe(1);
    const entry = JSON.parse(readFileSync(log, "utf8")) as { level: string; msg: string };
    expect(entry.level).toBe("error");
    expect(entry.msg).toMatch(/executable file .*not found in \$PATH/);
    await t.expectNothingLeft();
  });

  scenario("an unknown format is refused", async (t) => {
    expect((await t.runtime.command(["--log-format", "xml", "list"])).status).toBe(1);
  });

  scenario("that cannot be opened is an error", async (t) => {
    const result = await t.runtime.command(["--log", join(t.folder, "no/log"), "list"]);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("no/log");
  });

  scenario(
    "--debug writes more, and breaks nothing",
    async (t) => {
      const bundle = await t.bundle();
      const log = join(t.folder, "log");
      succeeded(await t.runtime.command(["--debug", "--log", log, "run", "-b", bundle.path, t.id]));
      expect(readFileSync(log, "utf8").length).toBeGreaterThan(0);
    },
    likeRunc, // crun 1.8.1 ignores it
  );
});

describe("version and help", () => {
  for (const flag of ["--version", "-v"])
    scenario(
      `${flag} prints name, version, commit and specification`,
      async (t) => {
        const lines = succeeded(await t.runtime.bare([flag])).stdout.split("\n");
        // containerd looks for runc's name in front of the version, so tsrun goes by it here
        const name = t.runtime.kind === "tsrun" ? "runc" : "\\S+";
        expect(lines[0]).toMatch(new RegExp(`^${name} version \\d+\\.\\d+\\S*( \\(tsrun\\))?$`));
        expect(lines.filter((line) => /^commit: \S+$/.test(line)).length).toBeLessThanOrEqual(1);
        expect(lines.filter((line) => /^spec: 1\.\d+\.\d+\S*$/.test(line))).toHaveLength(1);
      },
      flag === "-v" ? likeRunc : {},
    );

  scenario("--help names every command", async (t) => {
    const help = succeeded(await t.runtime.bare(["--help"])).stdout;
    for (const command of ["create", "start", "state", "kill", "delete", "run", "list", "spec"])
      expect(help).toContain(command);
  });

  for (const command of ["create", "start", "state", "kill", "delete", "run", "list", "spec"])
    scenario(`${command} --help tells its usage and succeeds`, async (t) => {
      const { stdout } = succeeded(await t.runtime.bare([command, "--help"]));
      expect(stdout).toContain(command);
      expect(stdout.length).toBeGreaterThan(80);
    });
});

describe("spec", () => {
  scenario("writes a config that runs", async (t) => {
    const bundle = await t.bundle();
    const config = join(bundle.path, "config.json");
    const whole = join(t.folder, "spec");
    await Bun.$`mkdir ${whole}`.quiet();
    succeeded(await t.runtime.bare(["spec", ...(isOrdinaryUser ? ["--rootless"] : [])], { cwd: whole }));
    const spec = JSON.parse(readFileSync(join(whole, "config.json"), "utf8")) as TestConfig;
    expect(spec.process.args).toEqual(["sh"]);
    expect(spec.process.terminal).toBeTrue();
    expect(spec.root).toEqual({ path: "rootfs", readonly: true });
    spec.process.terminal = false;
    spec.process.args = ["echo", "from spec"];
    setCgroup(spec, t.id);
    writeFileSync(config, JSON.stringify(spec));
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("from spec\n");
  });

  scenario("--bundle names the folder", async (t) => {
    succeeded(await t.runtime.bare(["spec", "--bundle", t.folder]));
    expect(existsSync(join(t.folder, "config.json"))).toBeTrue();
  });

  scenario("never overwrites", async (t) => {
    writeFileSync(join(t.folder, "config.json"), "mine");
    const result = await t.runtime.bare(["spec", "-b", t.folder]);
    expect(result.status).toBe(1);
    expect(readFileSync(join(t.folder, "config.json"), "utf8")).toBe("mine");
  });

  scenario(
    "-f names another file, in the bundle",
    async (t) => {
      for (const [flag, name] of [
        ["-f", "one.json"],
        ["--file", "two.json"],
      ] as const) {
        succeeded(await t.runtime.bare(["spec", "-b", t.folder, flag, name]));
        expect(JSON.parse(readFileSync(join(t.folder, name), "utf8"))).toHaveProperty("ociVersion");
      }
    },
    { needs: ["not-runtime:runc"] },
  );

  for (const flags of [[], ["--rootless"]])
    scenario(
      `${flags.join(" ") || "without flags"} is runc's, but for the names`,
      async (t) => {
        const specs = [t.runtime, t.peer("runc")].map(async (runtime, i) => {
          const folder = join(t.folder, `spec-${i}`);
          await Bun.$`mkdir ${folder}`.quiet();
          succeeded(await runtime.bare(["spec", ...flags], { cwd: folder }));
          const spec = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as TestConfig;
          delete spec.process.capabilities?.ambient; // runc left them out from 1.1.2 on, see CVE-2022-29162; Debian's has them
          return { ...spec, ociVersion: "", hostname: "" };
        });
        const [ours, runcs] = await Promise.all(specs);
        expect(ours).toEqual(runcs);
      },
      { needs: ["runc", "not-runtime:crun"] },
    );
});
