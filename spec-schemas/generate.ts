/** Write the files that are made from the schemas: `npm run generate`. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateTypes } from "./generate_types.ts";

const spec = join(import.meta.dirname, "../lib/spec");
writeFileSync(join(spec, "types.generated.ts"), await generateTypes());
