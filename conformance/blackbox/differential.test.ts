/** Generated configs under the runtime and under another one. */

import { expect } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { differential } from "../differential/differential.ts";
import { groupText } from "../differential/report.ts";
import { probeBinary } from "../harness/paths.ts";
import { chooseRuntime, selectedRuntime } from "../harness/runtime.ts";
import { scenarioWith } from "../harness/scenario.ts";

const scenario = scenarioWith(["probe", "root", "cgroup-v1", "cgroupfs", "runtime:tsrun"]);

scenario(
  "everything that differs from runc has a known reason",
  async () => {
    const { groups, tried, ran } = await differential({
      subject: selectedRuntime(),
      peers: [chooseRuntime("runc")],
      seed: 1,
      count: 25,
      probe: probeBinary,
      jobs: 2,
      shrink: false,
    });
    expect(groups.filter(({ reason }) => reason === undefined).map(groupText)).toEqual([]);
    expect(tried).toBe(32);
    expect(ran).toBeGreaterThan(16);
  },
  { needs: ["runc"], timeout: 240_000 },
);

scenario(
  "what a broken runtime leaves out is found, with the smallest config that shows it",
  async (t) => {
    const path = join(t.folder, "broken");
    // the last argument but one of create is the bundle
    const script = `#!/bin/sh
for word; do [ "$previous" = --bundle ] && sed -i 's/"hostname": "[^"]*"/"hostname": "other"/' "$word/config.json"; previous=$word; done
exec ${selectedRuntime().path} "$@"
`;
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    const { groups } = await differential({
      subject: selectedRuntime(),
      peers: [chooseRuntime(path)],
      seed: 5,
      count: 12,
      probe: probeBinary,
      jobs: 2,
      shrink: true,
    });
    expect(groups.map(({ kind }) => kind)).toEqual(["/seen/hostname"]);
    expect(groups[0]?.recipe.changes.length).toBeLessThanOrEqual(1);
  },
  { timeout: 240_000 },
);
