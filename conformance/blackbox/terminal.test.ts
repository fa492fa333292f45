/** Terminals: handed over by --console-socket, and in the foreground, at a terminal that somebody sits at. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { DescriptorSocket, TerminalMaster } from "../harness/descriptor_socket.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { Tmux } from "../harness/tmux.ts";

/** Where a runtime delivers descriptors. */
function socket(t: Scenario): { path: string; socket: DescriptorSocket } {
  const path = join(t.folder, "socket");
  const listening = new DescriptorSocket(path);
  t.defer(() => listening.close());
  return { path, socket: listening };
}

/** Take the terminal that a runtime has delivered. */
function terminal(t: Scenario, from: DescriptorSocket): TerminalMaster {
  const master = new TerminalMaster(from.take().descriptor);
  t.defer(() => master.close());
  return master;
}

function shell(config: TestConfig): void {
  config.process.terminal = true;
  config.process.args = ["sh"];
  config.process.env.push("PS1=inside$ ", "TERM=screen");
}

const shows = (master: TerminalMaster, text: string): Promise<boolean> =>
  eventually(`${text} in ${JSON.stringify(master.output)}`, () => master.output.includes(text));

describe("--console-socket", () => {
  scenario("of create gets the terminal, which is the process's streams and its controlling terminal", async (t) => {
    const { path, socket: console } = socket(t);
    const bundle = await t.bundle((config) => {
      shell(config);
      config.process.consoleSize = { height: 33, width: 77 };
    });
    succeeded(await t.runtime.create(t.id, bundle.path, { flags: ["--console-socket", path] }));
    const master = terminal(t, console);
    succeeded(await t.runtime.start(t.id));
    master.type(
      "tty; stty size; test -t 0 -a -t 1 -a -t 2 && echo all; echo to console >/dev/console; echo $((6 * 7))\n",
    );
    await shows(master, "\r\n42\r\n");
    for (const text of ["/dev/pts/0\r\n", "33 77\r\n", "\r\nall\r\n", "\r\nto console\r\n"])
      expect(master.output).toContain(text);
    master.resize(40, 100);
    master.type("stty size\n");
    await shows(master, "40 100\r\n");
    master.type("exit 3\n");
    await t.runtime.waitFor(t.id, "stopped");
  });

  scenario("of run --detach and of exec --detach", async (t) => {
    const { path, socket: console } = socket(t);
    const bundle = await t.bundle(shell);
    succeeded(await t.runtime.run(t.id, bundle.path, { flags: ["--detach", "--console-socket", path] }));
    const first = terminal(t, console);
    const process = join(t.folder, "process.json");
    const { user, env, cwd } = bundle.config.process;
    const size = { height: 11, width: 22 };
    const script = "tty; stty size; read line; echo got $line";
    writeFileSync(
      process,
      JSON.stringify({ user, env, cwd, terminal: true, consoleSize: size, args: ["sh", "-c", script] }),
    );
    const pidFile = join(t.folder, "pid");
    const flags = ["--process", process, "--console-socket", path, "--detach", "--pid-file", pidFile];
    succeeded(await t.runtime.command(["exec", ...flags, t.id]));
    const second = terminal(t, console);
    await shows(second, "/dev/pts/1\r\n11 22\r\n");
    second.type("something\n");
    await shows(second, "got something");
    first.type("echo $((6 * 7))\n");
    await shows(first, "\r\n42\r\n");
  });

  scenario("without a terminal, and a terminal without it when nobody stays, are refused", async (t) => {
    const { path } = socket(t);
    const without = await t.bundle();
    const withTerminal = await t.bundle(shell);
    const flags = ["--console-socket", path];
    if (t.runtime.kind !== "crun") {
      expectFailure(await t.runtime.create(t.id, without.path, { flags }), "console socket");
    }
    expectFailure(await t.runtime.create(t.id, withTerminal.path), t.runtime.kind === "crun" ? "" : "tty");
    expectFailure(
      await t.runtime.create(t.id, withTerminal.path, { flags: ["--console-socket", join(t.folder, "none")] }),
      "",
    );
    await t.expectNothingLeft();
  });
});

describe("--pidfd-socket", () => {
  const has = { needs: ["not-runtime:runc", "not-runtime:crun"] } as const; // runc since 1.2
  const pidOf = async (descriptor: number): Promise<number> => {
    const info = await Bun.file(`/proc/self/fdinfo/${descriptor}`).text();
    return Number(/^Pid:\s+(-?\d+)$/m.exec(info)?.[1]);
  };

  scenario(
    "of create, run and exec gets a descriptor of the process",
    async (t) => {
      const { path, socket: descriptors } = socket(t);
      const sleeping = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      const flags = ["--pidfd-socket", path];
      succeeded(await t.runtime.create(t.id, sleeping.path, { flags }));
      const first = descriptors.take();
      expect(first.text).toBe("standard");
      expect(await pidOf(first.descriptor)).toBe((await t.runtime.state(t.id)).pid ?? 0);
      succeeded(await t.runtime.start(t.id));
      const pidFile = join(t.folder, "pid");
      succeeded(await t.runtime.command(["exec", "-d", "--pid-file", pidFile, ...flags, t.id, "sleep", "1000"]));
      const second = descriptors.take();
      expect(second.text).toBe("setns");
      expect(await pidOf(second.descriptor)).toBe(Number(await Bun.file(pidFile).text()));
      succeeded(await t.runtime.delete(t.id, "--force"));
      succeeded(await t.runtime.run(t.id, sleeping.path, { flags: ["--detach", ...flags] }));
      expect(await pidOf(descriptors.take().descriptor)).toBe((await t.runtime.state(t.id)).pid ?? 0);
    },
    has,
  );

  scenario(
    "at which nobody listens is an error, and nothing is left",
    async (t) => {
      const bundle = await t.bundle();
      const flags = ["--pidfd-socket", join(t.folder, "none")];
      expectFailure(await t.runtime.create(t.id, bundle.path, { flags }), "--pidfd-socket");
      await t.expectNothingLeft();
    },
    has,
  );
});

describe("at a terminal", () => {
  // crun 1.8.1 passes the window's size on late, and leaves the terminal raw
  const withTmux = { needs: ["tool:tmux", "not-runtime:crun"], timeout: 120_000 } as const;

  function sit(t: Scenario): Tmux {
    const tmux = new Tmux(t.id);
    t.defer(() => tmux.end());
    return tmux;
  }

  const quoted = (words: readonly string[]): string =>
    words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");

  /** A line that starts the runtime, written to a file, since it may be longer than the screen is wide. */
  function command(t: Scenario, ...words: string[]): string {
    const file = join(t.folder, "command");
    writeFileSync(file, `${quoted(t.runtime.argv(words))}\n`);
    return `sh ${file}; echo status $?`;
  }

  /** What a user does in a shell with job control. The screen is at the prompt before and afterwards. */
  async function workAtPrompt(tmux: Tmux): Promise<void> {
    tmux.line("stty size");
    await tmux.shows("24 80");
    tmux.resize(100, 30);
    await Bun.sleep(300);
    tmux.line("stty size");
    await tmux.shows("30 100");
    tmux.line("sleep 500; echo interrupted with $?");
    await Bun.sleep(300);
    tmux.key("C-c");
    tmux.line("echo after $((1 + 1))");
    expect(await tmux.shows("after 2")).not.toContain("interrupted with 0");
    tmux.line("sleep 501");
    await Bun.sleep(300);
    tmux.key("C-z");
    await tmux.shows(/Stopped\s+sleep 501/);
    tmux.line("jobs | wc -l; fg");
    await tmux.shows(/\n1\nsleep 501/);
    tmux.key("C-c");
    tmux.line("echo again $((2 + 2))");
    await tmux.shows("again 4");
  }

  /** The terminal's settings, all of them, as the shell at it sees them. */
  async function settings(t: Scenario, tmux: Tmux): Promise<string> {
    const file = join(t.folder, "settings");
    tmux.line(`stty -g >${file}.new && mv ${file}.new ${file}`);
    const text = await eventually("the settings", () => (existsSync(file) ? readFileSync(file, "utf8") : ""));
    rmSync(file);
    return text;
  }

  scenario(
    "run has job control, follows the window's size, and gives the terminal back",
    async (t) => {
      const bundle = await t.bundle(shell);
      const tmux = sit(t);
      const before = await settings(t, tmux);
      tmux.line(command(t, "run", "--bundle", bundle.path, t.id));
      await tmux.shows("inside$");
      await workAtPrompt(tmux);
      tmux.line("exit 7");
      await tmux.shows("status 7");
      expect(await settings(t, tmux)).toBe(before);
    },
    withTmux,
  );

  scenario(
    "exec --tty does as well",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.env.push("PS1=inside$ ", "TERM=screen");
      });
      const tmux = sit(t);
      const before = await settings(t, tmux);
      tmux.line(command(t, "exec", "--tty", t.id, "sh"));
      await tmux.shows("inside$");
      await workAtPrompt(tmux);
      tmux.line("exit 8");
      await tmux.shows("status 8");
      expect(await settings(t, tmux)).toBe(before);
    },
    withTmux,
  );

  /** A line that runs a script of the outer shell's in which RUNTIME stands for the runtime's words. */
  function script(t: Scenario, text: string): string {
    const file = join(t.folder, "script");
    writeFileSync(file, text.replaceAll("RUNTIME", quoted(t.runtime.argv([]))));
    return `cd ${t.folder}; sh script; echo status $?`;
  }

  scenario(
    "it is the stream that is one, or the caller's own where all are redirected",
    async (t) => {
      await t.startSleeping();
      const tmux = sit(t);
      const before = await settings(t, tmux);
      const runs = `RUNTIME exec -t ${t.id} sh -c 'stty size; exit 7'`;
      for (const [i, redirected] of ["</dev/null", ">out1", "</dev/null >out2", "</dev/null >out3 2>err"].entries()) {
        tmux.line(`${script(t, `${runs} ${redirected}`)} of ${i}`);
        await tmux.shows(`status 7 of ${i}`);
        if (i === 0) expect(tmux.screen).toContain("24 80");
        else expect(readFileSync(join(t.folder, `out${i}`), "utf8")).toMatch(/^24 80\r?\n$/);
        expect(await settings(t, tmux)).toBe(before);
      }
    },
    // runc gives it its size when the process may run already, and may lose the output of one that ends at once
    { ...withTmux, needs: [...withTmux.needs, "not-runtime:runc"] },
  );

  scenario(
    "more than it has room for goes in and comes out at the same time",
    async (t) => {
      let shared = "";
      await t.startSleeping((config) => {
        shared = t.share(config);
      });
      const tmux = sit(t);
      const feed = `until [ -e ${shared}/raw ]; do sleep 0.1; done; yes 0123456789abcde | head -c 1000000`;
      const inside = "stty raw -echo; : >/shared/raw; head -c 1000000";
      tmux.line(script(t, `{ ${feed}; } | RUNTIME exec -t ${t.id} sh -c '${inside}' >out`));
      await tmux.shows("status 0");
      expect(readFileSync(join(t.folder, "out"), "utf8").length).toBe(1_000_000);
    },
    withTmux,
  );

  scenario(
    "the terminal is given back when the container is killed",
    async (t) => {
      const bundle = await t.bundle(shell);
      const tmux = sit(t);
      const before = await settings(t, tmux);
      tmux.line(command(t, "run", "--bundle", bundle.path, t.id));
      await tmux.shows("inside$");
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await tmux.shows("status 137");
      expect(await settings(t, tmux)).toBe(before);
    },
    withTmux,
  );
});
