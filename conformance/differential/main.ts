/**
 * What `make differential` calls:
 *
 *   RUNTIMES=tsrun,runc,crun SEED=1 COUNT=200 bun conformance/differential/main.ts
 *
 * The first runtime is compared with each of the others. The exit status is 0 if every difference has a known reason.
 */

import { probeBinary, repository } from "../harness/paths.ts";
import { chooseRuntime } from "../harness/runtime.ts";
import { differential } from "./differential.ts";
import { resultText } from "./report.ts";

const chosen = (process.env.RUNTIMES || "tsrun,runc").split(",").map((name) => name.trim());
const [subject, ...peers] = chosen.map((name) =>
  chooseRuntime(name === "tsrun" ? `${repository}/build/bin/tsrun` : name),
);
const controller = new AbortController();
process.once("SIGINT", () => controller.abort()).once("SIGTERM", () => controller.abort());

if (subject === undefined || peers.length === 0) {
  process.stderr.write("RUNTIMES names the runtime under test and those to compare it with: tsrun,runc\n");
  process.exit(2);
}
const live = process.stderr.isTTY === true;
const result = await differential({
  subject,
  peers,
  seed: Number(process.env.SEED || 1),
  count: Number(process.env.COUNT || 100),
  jobs: Number(process.env.JOBS || 2),
  shrink: process.env.SHRINK !== "0",
  probe: probeBinary,
  signal: controller.signal,
  onProgress: (done, all, groups) => {
    if (live) process.stderr.write(`\r${done} of ${all} configs, ${groups} unexplained kinds of difference `);
  },
});
if (live) process.stderr.write("\n");
process.stdout.write(resultText(result));
process.exitCode = result.groups.some(({ reason }) => reason === undefined) ? 1 : 0;
