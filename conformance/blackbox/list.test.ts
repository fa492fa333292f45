/** list: what is there, as a table, as JSON, and as ids. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setCgroup } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { userName } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** One running container and one created. */
async function makeTwo(t: Scenario): Promise<{ running: string; created: string; bundle: string }> {
  await t.startSleeping();
  const created = t.newId();
  const bundle = await t.bundle((config) => {
    setCgroup(config, created);
    config.annotations = { "org.example.key": "value" };
  });
  succeeded(await t.runtime.create(created, bundle.path));
  return { running: t.id, created, bundle: bundle.path };
}

interface Entry {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
}

describe("list", () => {
  scenario(
    "prints a table",
    async (t) => {
      const { running, created, bundle } = await makeTwo(t);
      const [header, ...rows] = succeeded(await t.runtime.command(["list"]))
        .stdout.trimEnd()
        .split("\n");
      expect(header?.trim().split(/\s+/)).toEqual(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]);
      const fields = rows.map((row) => row.trim().split(/\s+/)).sort();
      expect(fields.map(([id]) => id)).toEqual([running, created].sort());
      const state = await t.runtime.state(created);
      expect(fields.find(([id]) => id === created)).toEqual([
        created,
        String(state.pid),
        "created",
        bundle,
        state.created ?? "",
        userName(),
      ]);
      for (const row of rows) expect(row.indexOf(row.split(/\s+/)[1] ?? "?")).toBe(header?.indexOf("PID") ?? -1);
    },
    { needs: ["not-runtime:crun"] }, // its columns have other names
  );

  for (const flags of [["--format", "json"], ["-f", "json"], ["--format=json"]])
    scenario(`prints JSON with ${flags.join(" ")}`, async (t) => {
      const { running, created } = await makeTwo(t);
      const list = JSON.parse(succeeded(await t.runtime.command(["list", ...flags])).stdout) as Entry[];
      expect(list.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(
        [`${running} running`, `${created} created`].sort(),
      );
      const state = await t.runtime.state(created);
      expect(list.find(({ id }) => id === created)).toMatchObject({ pid: state.pid ?? 0, bundle: state.bundle });
    });

  for (const flag of ["-q", "--quiet"])
    scenario(`prints only ids with ${flag}`, async (t) => {
      const { running, created } = await makeTwo(t);
      const ids = succeeded(await t.runtime.command(["list", flag]))
        .stdout.trim()
        .split("\n");
      expect(ids.sort()).toEqual([running, created].sort());
    });

  scenario("of nothing is an empty table and an empty array", async (t) => {
    mkdirSync(t.runtime.root, { mode: 0o700 });
    expect(
      succeeded(await t.runtime.command(["list"]))
        .stdout.trimEnd()
        .split("\n"),
    ).toHaveLength(1);
    const json = succeeded(await t.runtime.command(["list", "--format", "json"])).stdout;
    expect(JSON.parse(json) ?? []).toEqual([]);
    expect(succeeded(await t.runtime.command(["list", "-q"])).stdout).toBe("");
  });

  scenario(
    "goes on behind a broken entry, with a message",
    async (t) => {
      const { running, created } = await makeTwo(t);
      mkdirSync(join(t.runtime.root, "broken-empty"), { mode: 0o711 });
      mkdirSync(join(t.runtime.root, "broken-text"), { mode: 0o711 });
      writeFileSync(join(t.runtime.root, "broken-text/state.json"), "{");
      for (const format of ["table", "json"]) {
        const result = succeeded(await t.runtime.command(["list", "--format", format]));
        expect(result.stderr).toContain("broken-empty");
        expect(result.stderr).toContain("broken-text");
        expect(result.stdout).toContain(running);
        expect(result.stdout).toContain(created);
        expect(result.stdout).not.toContain("broken");
      }
    },
    { needs: ["not-runtime:crun"] }, // its state file has another name
  );

  scenario(
    "of a state root that was named and is not there is an error, and makes none",
    async (t) => {
      expectFailure(await t.runtime.command(["list"]), ["no such file or directory", t.runtime.root]);
      expect(existsSync(t.runtime.root)).toBeFalse();
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] }, // runc since 1.2; both make it
  );

  scenario(
    "refuses an unknown format",
    async (t) => {
      mkdirSync(t.runtime.root, { mode: 0o700 });
      expect((await t.runtime.command(["list", "--format", "yaml"])).status).toBe(1);
    },
    { needs: ["not-runtime:crun"] },
  ); // 1.8.1 prints a table instead
});
