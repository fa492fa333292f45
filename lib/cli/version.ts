import { version } from "../../package.json";

export const VERSION: string = version;

/** The newest version of the specification that is understood. */
export const SPEC_VERSION = "1.3.0";

/** Laid out as runc lays it out; engines look for its name at the beginning. */
export function versionText(): string {
  return `runc version ${version} (tsrun)\nspec: ${SPEC_VERSION}\n`;
}
