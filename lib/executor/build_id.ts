import text from "../../build/executor/build.id" with { type: "text" };

/** What this build of tsrun, its launcher included, writes into the programs that it keeps in files. */
export const BUILD_ID = Number(text);
