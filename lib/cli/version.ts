import { version } from "../../package.json";

/** The newest version of the specification that is understood. */
export const SPEC_VERSION = "1.3.0";

/** The lines that engines read: the first begins as runc's does, since they look for that. */
export function versionText(): string {
  return `runc version ${version} (tsrun)\nspec: ${SPEC_VERSION}\n`;
}
