import { version } from "../../package.json";

/** The newest version of the specification that is understood. */
export const SPEC_VERSION = "1.3.0";

/** Laid out as runc lays it out. */
export function versionText(): string {
  return `tsrun version ${version}\nspec: ${SPEC_VERSION}\n`;
}
