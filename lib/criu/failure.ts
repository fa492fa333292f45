import { Failure } from "../failure.ts";
import { existsSync, readFileSync } from "../libc/files.ts";
import { errnoName } from "../program/errno.ts";
import { errorLines, type Served } from "./service.ts";

const MOST_LINES = 3;
/** What the last line always says. */
const CONCLUSION = /^(?:Dumping|Restoring|Pre-dumping) FAILED\.$/;

/**
 * Why criu could not do it, from the last errors in its log.
 *
 * @param task what it could not do
 * @param log its path
 */
export function criuFailure(task: string, { response, output }: Served, log: string): Failure {
  const logged = existsSync(log);
  const lines = errorLines(logged ? readFileSync(log, "utf8") : "").filter((line) => !CONCLUSION.test(line));
  const reason =
    lines.length > 0
      ? lines.slice(-MOST_LINES).join("; ")
      : (errorLines(output).at(-1) ?? response?.message ?? errnoReason(response?.errno));
  return new Failure(`criu failed to ${task}: ${reason}${logged ? ` (log file: ${log})` : ""}`, {
    code: "criu.failed",
    ...(response?.errno && { errno: response.errno }),
  });
}

function errnoReason(errno: number | undefined): string {
  return errno ? errnoName(errno) : "it ended without telling why";
}
