/** Docker with a Debian image: its own users, package tools, set-user-id programs and interactive shell. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../harness/command.ts";
import type { Need } from "../harness/facilities.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { debianArchive } from "./debian_rootfs.ts";
import { Docker, dockerNeeds } from "./docker.ts";
import { engineSuite } from "./engine_suite.ts";

const image = "debian:test";
const needs: readonly Need[] = [...dockerNeeds, "tool:debootstrap", "not-runtime:crun"];

engineSuite(
  "Debian under Docker",
  needs,
  async (t) => {
    const docker = await Docker.start(t.folder, t.id, selectedRuntime().path);
    succeeded(await docker.docker(["import", await debianArchive(), image], { timeout: 120_000 }));
    return docker;
  },
  (test) => {
    const run = (docker: Docker, flags: readonly string[], script: string) =>
      docker.docker(["run", "--rm", "--network=none", ...flags, image, "bash", "-euc", script], { timeout: 60_000 });

    test("its package tools work", async (docker) => {
      const script = `
        apt-get --version | head -n 1
        dpkg --audit
        dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' bash coreutils
        mkdir -p /tmp/hello/DEBIAN
        printf 'Package: hello\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody <n@example.test>\\nDescription: x\\n' > /tmp/hello/DEBIAN/control
        printf '#!/bin/sh\\nadduser --system --group hello >/dev/null 2>&1 || useradd -r hello\\n' > /tmp/hello/DEBIAN/postinst
        chmod 755 /tmp/hello/DEBIAN/postinst
        dpkg-deb --build /tmp/hello >/dev/null
        apt-get install -y -qq /tmp/hello.deb >/dev/null 2>&1
        dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' hello
        getent passwd hello | cut -d: -f1
      `;
      const lines = succeeded(await run(docker, [], script))
        .stdout.trim()
        .split("\n");
      expect(lines[0]).toStartWith("apt ");
      expect(lines.slice(1)).toEqual(["bash installed", "coreutils installed", "hello installed", "hello"]);
    });

    test("users and set-user-id programs", async (docker) => {
      const script = `
        useradd --create-home --shell /bin/bash alice
        su - alice -c 'id -un; pwd; echo $HOME'
        su nobody -s /bin/bash -c '! mount -t tmpfs none /mnt 2>/dev/null && id -u'
      `;
      const { stdout } = succeeded(await run(docker, [], script));
      expect(stdout).toBe("alice\n/home/alice\n/home/alice\n65534\n");
    });

    test("an ordinary user opens its own outputs again", async (docker) => {
      const script = "echo one > /dev/stdout; echo two > /dev/stderr; echo three > /proc/self/fd/1";
      const result = succeeded(await run(docker, ["--user=nobody"], script));
      expect([result.stdout, result.stderr]).toEqual(["one\nthree\n", "two\n"]);
    });

    test("no new privileges: su does not become root", async (docker) => {
      const options = ["--user=nobody", "--security-opt=no-new-privileges"];
      const result = await run(docker, options, "grep NoNewPrivs /proc/self/status; su -c id </dev/null");
      expect(result.stdout).toMatch(/NoNewPrivs:\s+1/);
      expect(result.status).not.toBe(0);
    });

    test("an interactive shell has a terminal and job control", async (docker) => {
      const args = ["run", "--rm", "-it", "--network=none", image, "bash", "--norc", "-ic"];
      // the client sets the size when the process has been started
      const sized = 'until [ "$(stty size)" = "30 100" ]; do sleep 0.1; done';
      const script = `set -o | grep monitor; tty; ${sized}; sleep 100 & jobs; kill %1; wait %1; echo $?`;
      const { stdout } = await docker.inTerminal([...args, script]);
      expect(stdout).toMatch(/monitor\s+on/);
      expect(stdout).toContain("/dev/pts/0");
      expect(stdout).toMatch(/\[1\]\+?\s+Running\s+sleep 100/);
      expect(stdout).toContain("143");
      expect(stdout).not.toContain("no job control");
    });

    test("an image built from it runs as its own user", async (docker) => {
      const context = join(docker.folder, "debian-build");
      mkdirSync(context);
      const lines = [
        `FROM ${image}`,
        "RUN groupadd --system app && useradd --system --gid app --home-dir /srv app && install -d -o app -g app /srv",
        "USER app",
        "WORKDIR /srv",
        "RUN bash -c \"perl -e 'print qq(made by perl, \\$<\\n)' | tee made >/dev/null\" && test -O made",
        'ENTRYPOINT ["bash", "-c", "id -un && stat -c %U made && exec \\"$@\\"", "--"]',
        'CMD ["pwd"]',
      ];
      writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
      const build = ["build", "--network=none", "--tag", "app:test", context];
      succeeded(await docker.docker(build, { env: { DOCKER_BUILDKIT: "0" }, timeout: 60_000 }));
      expect(succeeded(await docker.docker(["run", "--rm", "--network=none", "app:test"])).stdout).toBe(
        "app\napp\n/srv\n",
      );
    });
  },
);
