/** docs/security.md against the tests that it promises. */

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./paths.ts";

const document = readFileSync(join(repository, "docs/security.md"), "utf8");
const rows = [...document.matchAll(/^\| ((?:CVE|GHSA)[^|]+) \|.*\| ([^|]+) \|$/gm)];

test("there are rows", () => expect(rows.length).toBeGreaterThan(15));

for (const [, attacks = "", places = ""] of rows)
  test(attacks, () => {
    for (const place of places.split(", ").map((name) => name.trim())) {
      if (place.includes("/")) {
        expect(existsSync(join(repository, place))).toBe(true);
        continue;
      }
      const tests = readFileSync(join(repository, `conformance/blackbox/${place}.test.ts`), "utf8");
      if (place === "cve" || places === place)
        for (const attack of attacks.split(", ")) expect(tests).toContain(attack);
      else expect(attacks.split(", ").some((attack) => tests.includes(attack))).toBe(true);
    }
  });
