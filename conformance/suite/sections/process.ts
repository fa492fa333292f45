/** config.md: the process, and runtime-linux.md: what it is given. */

import { closeSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { equal, includes, ok } from "../assertions.ts";
import { deFacto, must, section, should } from "../test.ts";
import { having, probeWords } from "../trial.ts";

export const PROCESS = [
  ...section("config.md#process", [
    must("cwd is the working directory", async (t) =>
      equal("cwd", (await t.see(having("process.cwd", "/tmp"))).cwd, "/tmp"),
    ),
    must("a relative cwd is an error", (t) => t.refuses("cwd tmp", having("process.cwd", "tmp"))),
    must("a process without cwd is an error", (t) =>
      t.refuses("a process without cwd", having("process.cwd", undefined)),
    ),
    deFacto("a cwd that is missing is made", async (t) => {
      equal("cwd", (await t.see(having("process.cwd", "/made/for/it"))).cwd, "/made/for/it");
    }),
    must("env is the environment", async (t) => {
      const env = ["PATH=/bin", "ONE=1", "EMPTY=", "WITH=a=b", "SPACES=a b  c"];
      const found = (await t.see(having("process.env", env))).env;
      includes("env", found, ...env);
      const more = found.filter((variable) => !env.includes(variable) && !variable.startsWith("HOME="));
      equal("what is more in env", more, []);
    }),
    must("nothing of the runtime's environment is in it", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/probe"];
        config.process.env = ["ONE=1"];
      });
      const env = { PATH: process.env.PATH ?? "", HOME: "/", LEAKED: "1" };
      const probe = await t.runProbe(bundle, { env });
      equal(
        "LEAKED",
        probe.env.filter((variable) => variable.startsWith("LEAKED")),
        [],
      );
    }),
    must("the environment may be left out", async (t) => {
      const { env } = await t.see(having("process.env", undefined));
      equal(
        "env",
        env.filter((variable) => !/^(HOME|PATH)=/.test(variable)),
        [],
      );
    }),
    must("args is what the process is called with", async (t) => {
      equal("args", (await t.see(having("process.args", ["/probe", "/one", "/two"]))).args, ["/probe", "/one", "/two"]);
    }),
    must("an executable without a slash is looked for in PATH", async (t) => {
      const probe = await t.see((config) => {
        config.process.args = ["probe"];
        config.process.env = ["PATH=/nowhere:/:/tmp"];
      });
      equal("args", probe.args, ["probe"]);
      equal("exe", probe.exe, "/probe");
    }),
    must("a relative executable with a slash is looked for below cwd", async (t) => {
      const probe = await t.see((config) => {
        config.process.args = ["./probe"];
        config.process.cwd = "/";
      });
      equal("exe", probe.exe, "/probe");
    }),
    must("args without an entry is an error", (t) => t.refuses("args []", having("process.args", []))),
    must("a process without args is an error", (t) => t.refuses("no args", having("process.args", undefined))),
    must("an executable that there is not is an error", (t) =>
      t.refuses("a missing executable", having("process.args", ["/no/such/program"])),
    ),
    must("an executable that is nowhere in PATH is an error", (t) =>
      t.refuses("a missing executable", having("process.args", ["no-such-program"])),
    ),
    must("a directory cannot be executed, which is an error", (t) =>
      t.refuses("/tmp as the executable", having("process.args", ["/tmp"])),
    ),
    must("a file without permission cannot be executed, which is an error", async (t) => {
      const bundle = await t.bundle(having("process.args", ["/plain"]));
      writeFileSync(join(bundle.rootfs, "plain"), "#!/probe\n", { mode: 0o644 });
      await t.refusesBundle("a file that is not executable", bundle.path);
    }),
    must("a script is executed by its interpreter", async (t) => {
      const bundle = await t.bundle(having("process.args", ["/script"]));
      writeFileSync(join(bundle.rootfs, "script"), "#!/probe\n", { mode: 0o755 });
      includes("what it prints", succeeded(await t.runtime.run(t.id, bundle.path)).stdout, '"args":["/probe"');
    }),
    must("an executable may be a symbolic link", async (t) => {
      const bundle = await t.bundle(having("process.args", ["/link"]));
      symlinkSync("/probe", join(bundle.rootfs, "link"));
      const probe = await t.runProbe(bundle);
      equal("args", probe.args, ["/link"]);
    }),
    deFacto("is the first process of a new PID namespace", async (t) => equal("pid", (await t.see()).pid, 1)),
    deFacto("is a session leader", async (t) => {
      const { pid, sid } = await t.see();
      equal("session", sid, pid);
    }),
    deFacto("neither ignores nor blocks signals", async (t) => {
      equal("signals", (await t.see()).signals, { blocked: [], ignored: [] });
    }),
    deFacto("has a session keyring of its own", async (t) => {
      const { session_keyring: found } = await t.see();
      includes("keyring", found ?? "", t.id);
    }),
    deFacto("is not ended by the end of the runtime", async (t) =>
      equal("signal", (await t.see()).parent_death_signal, 0),
    ),
  ]),
  ...section("config.md#linux-process", [
    must("noNewPrivileges is set", async (t) => {
      equal("no_new_privs", (await t.see(having("process.noNewPrivileges", true))).no_new_privs, 1);
    }),
    must("noNewPrivileges is not set if the config does not say so", async (t) => {
      equal("no_new_privs", (await t.see(having("process.noNewPrivileges", undefined))).no_new_privs, 0);
    }),
    ...[100, 500, 1000].map((score) =>
      must(`oomScoreAdj ${score} is the process's`, async (t) => {
        equal("oom_score_adj", (await t.see(having("process.oomScoreAdj", score))).oom_score_adj, String(score));
      }),
    ),
    must("oom_score_adj is not changed if the config does not say so", async (t) => {
      const own = readFileSync("/proc/self/oom_score_adj", "utf8").trim();
      equal("oom_score_adj", (await t.see()).oom_score_adj, own);
    }),
    must("oomScoreAdj out of its range is an error", (t) =>
      t.refuses("oomScoreAdj 2000", having("process.oomScoreAdj", 2000)),
    ),
    must(
      "an AppArmor profile that cannot be applied is an error",
      (t) => t.refuses("apparmorProfile", having("process.apparmorProfile", "no-such-profile")),
      { needs: ["no-file:/sys/kernel/security/apparmor"] },
    ),
    must(
      "an SELinux label that cannot be applied is an error",
      (t) => t.refuses("selinuxLabel", having("process.selinuxLabel", "system_u:system_r:container_t:s0")),
      { needs: ["no-file:/sys/fs/selinux/enforce"] },
    ),
  ]),
  ...section("runtime-linux.md#file-descriptors", [
    must("only 0, 1 and 2 are open, whatever the runtime's caller had open", async (t) => {
      const bundle = await t.bundle(having("process.args", ["/probe"]));
      const descriptors = [0, 1, 2].map((i) =>
        openSync(join(bundle.path, i === 0 ? "config.json" : "bind-source"), "r"),
      );
      const probe = await t.runProbe(bundle, { descriptors });
      for (const fd of descriptors) closeSync(fd);
      equal("descriptors", Object.keys(probe.descriptors), ["0", "1", "2"]);
    }),
    must("nothing of the runtime's own is open in a container that was started", async (t) => {
      await t.start([["report"]]);
      await t.ended();
      const [report] = t.printed<{ descriptors?: Record<string, string> }>();
      equal("descriptors", Object.keys(report?.descriptors ?? {}), ["0", "1", "2"]);
    }),
    deFacto("--preserve-fds passes descriptors on", async (t) => {
      const bundle = await t.bundle(having("process.args", ["/probe"]));
      const descriptors = [openSync(join(bundle.path, "bind-source"), "r")];
      const probe = await t.runProbe(bundle, { descriptors, flags: ["--preserve-fds", "1"] });
      for (const fd of descriptors) closeSync(fd);
      equal("descriptors", Object.keys(probe.descriptors), ["0", "1", "2", "3"]);
    }),
  ]),
  ...section("runtime-linux.md#dev-symbolic-links", [
    ...Object.entries({
      fd: "/proc/self/fd",
      stdin: "/proc/self/fd/0",
      stdout: "/proc/self/fd/1",
      stderr: "/proc/self/fd/2",
    }).map(([name, target]) =>
      must(`/dev/${name} leads to ${target}`, async (t) => {
        const device = (await t.see()).devices[name];
        equal(`/dev/${name}`, { type: device?.type, target: device?.target }, { type: "symlink", target });
      }),
    ),
    should("what is written to /dev/stderr is the process's", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = probeWords(["list", "/dev/fd"]);
      });
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path));
      ok("what is in /dev/fd", stdout.includes('"0","1","2"'), stdout);
    }),
  ]),
  ...section("config.md#hostname", [
    must("hostname is the container's", async (t) =>
      equal("hostname", (await t.see(having("hostname", "named"))).hostname, "named"),
    ),
    must("hostname is not changed on the host", async (t) => {
      const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
      await t.see(having("hostname", "named"));
      equal("hostname of the host", readFileSync("/proc/sys/kernel/hostname", "utf8"), before);
    }),
    must("a hostname of 64 letters is possible", async (t) => {
      equal("hostname", (await t.see(having("hostname", "h".repeat(64)))).hostname, "h".repeat(64));
    }),
    must("a hostname that the kernel does not take is an error", (t) =>
      t.refuses("a hostname of 65 letters", having("hostname", "h".repeat(65))),
    ),
    must("without it the host's is kept", async (t) => {
      const own = readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
      equal("hostname", (await t.see(having("hostname", undefined))).hostname, own);
    }),
  ]),
  ...section(
    "config.md#domainname",
    [
      must("domainname is the container's", async (t) => {
        equal("domainname", (await t.see(having("domainname", "example.test"))).domainname, "example.test");
      }),
      must("without it the host's is kept", async (t) => {
        equal("domainname", (await t.see()).domainname, readFileSync("/proc/sys/kernel/domainname", "utf8").trim());
      }),
    ],
    { since: "1.1" },
  ),
];
