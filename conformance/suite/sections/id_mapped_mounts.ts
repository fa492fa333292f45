/** config.md: mounts whose owners are mapped. */

import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "../../../lib/spec/types.ts";
import { equal } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import type { Patch, Trial } from "../trial.ts";

const AT = "/tmp/mapped";
const MAPPINGS = [{ containerID: 0, hostID: 5000, size: 10_000 }];

/** A folder of the host that belongs to user 1, bound with more. */
function mapped(t: Trial, more: Partial<Mount>, options = ["bind", "idmap"]): Patch {
  const source = join(t.folder, "from-host");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "");
  for (const path of [source, join(source, "file")]) chownSync(path, 1, 2);
  return (config) => void config.mounts.push({ destination: AT, type: "bind", source, options, ...more });
}

const WITH_MAPPINGS = { uidMappings: MAPPINGS, gidMappings: MAPPINGS };

const owners = async (t: Trial, patch: Patch): Promise<unknown> => {
  const { paths } = await t.see(patch, `${AT}/file`);
  return { uid: paths[`${AT}/file`]?.uid, gid: paths[`${AT}/file`]?.gid };
};

export const ID_MAPPED_MOUNTS = section(
  "config.md#posix-platform-mounts",
  [
    should("idmap: the owners of a bound folder's files are mapped", async (t) => {
      equal("owners", await owners(t, mapped(t, WITH_MAPPINGS)), { uid: 5001, gid: 5002 });
    }),
    should("ridmap: they are so too", async (t) => {
      equal("owners", await owners(t, mapped(t, WITH_MAPPINGS, ["rbind", "ridmap"])), { uid: 5001, gid: 5002 });
    }),
    should("without either option mappings are followed all the same", async (t) => {
      equal("owners", await owners(t, mapped(t, WITH_MAPPINGS, ["bind"])), { uid: 5001, gid: 5002 });
    }),
    must("uidMappings without gidMappings are an error", (t) =>
      t.refuses("a mount with uidMappings alone", mapped(t, { uidMappings: MAPPINGS })),
    ),
    must("gidMappings without uidMappings are an error", (t) =>
      t.refuses("a mount with gidMappings alone", mapped(t, { gidMappings: MAPPINGS })),
    ),
    must("idmap without mappings and without a user namespace is an error", (t) =>
      t.refuses("idmap without mappings", mapped(t, {})),
    ),
    must("ridmap without mappings and without a user namespace is an error", (t) =>
      t.refuses("ridmap without mappings", mapped(t, {}, ["rbind", "ridmap"])),
    ),
  ],
  { since: "1.2", needs: ["kernel:5.12"] },
);
