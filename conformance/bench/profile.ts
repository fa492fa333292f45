/**
 * What `make profile` calls: how many instructions the engine executes for a command, as valgrind counts them. The count
 * does not change with what else the machine does, so it tells even a change of a hundredth.
 *
 *   bun conformance/bench/profile.ts
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, repository } from "../harness/paths.ts";
import { dockerConfig, makeBundle, withoutSeccomp } from "./bundles.ts";

const engine = join(repository, "build/lib/tsrun/engine");
const folder = mkdtempSync(join(tmpdir(), "tsrun-profile-"));
const root = join(folder, "root");

function run(program: string, ...words: readonly string[]): boolean {
  // No pipes: the container would keep them open.
  return Bun.spawnSync([program, ...words], { stdio: ["ignore", "ignore", "ignore"] }).success;
}

/** The instructions of one command of the engine. */
function instructions(...words: readonly string[]): number {
  const log = join(folder, "log");
  const counted = ["--tool=callgrind", "--callgrind-out-file=/dev/null", `--log-file=${log}`, engine, "--root", root];
  if (!run("valgrind", ...counted, ...words)) throw new Error(`${words.join(" ")} fails under valgrind`);
  return Number(/Collected : (\d+)/.exec(readFileSync(log, "utf8"))?.[1]);
}

function show(name: string, count: number): void {
  console.log(`${name.padEnd(36)} ${(count / 1e6).toFixed(1).padStart(6)}`);
}

function profile(): void {
  const bundle = (name: string, config: ReturnType<typeof dockerConfig>): string => {
    mkdirSync(join(folder, name));
    return makeBundle(join(folder, name), config, ["/bin/sleep", "1000"]);
  };
  const docker = bundle("docker", dockerConfig());
  const plain = bundle("plain", withoutSeccomp(dockerConfig()));
  const tsrun = (...words: readonly string[]) => run(join(repository, "build/bin/tsrun"), "--root", root, ...words);
  console.log("millions of instructions, without those of the kernel");
  show("--version", instructions("--version"));
  try {
    show("create", instructions("create", "--bundle", plain, "profile-1"));
    show("create, first with its seccomp profile", instructions("create", "--bundle", docker, "profile-2"));
    show("create, seccomp filter kept", instructions("create", "--bundle", docker, "profile-3"));
    if (!tsrun("start", "profile-1")) throw new Error("the container does not start");
    // Not exec and run: valgrind has no pidfd_open(2), and loses a process that becomes another program.
    show("ps", instructions("ps", "profile-1"));
    show("update", instructions("update", "--pids-limit", "100", "profile-1"));
    show("pause", instructions("pause", "profile-1"));
    show("resume", instructions("resume", "profile-1"));
  } finally {
    for (const id of ["profile-1", "profile-2", "profile-3"]) tsrun("delete", "--force", id);
  }
}

try {
  if (findProgram("valgrind") === undefined) throw new Error("make profile needs valgrind");
  profile();
} finally {
  rmSync(folder, { recursive: true });
}
