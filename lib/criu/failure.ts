import { Failure } from "../failure.ts";
import { existsSync, readFileSync } from "../libc/files.ts";
import { describeErrno } from "../program/errno.ts";
import { errorLines, type Served } from "./service.ts";

const MOST_LINES = 3;
/** What is said at the end of each failure, and what is called an error and does not keep CRIU from going on. */
const SAYS_NOTHING = /^(?:(?:Dumping|Restoring|Pre-dumping) FAILED\.$|rlimit: Can't setup RLIMIT_NOFILE)/;

/**
 * Why criu could not do it, from the last errors in its log.
 *
 * @param task what it could not do
 * @param log its path
 * @param hintFor what can be done about some reason
 */
export function criuFailure(
  task: string,
  { response, output }: Served,
  log: string,
  hintFor: (reason: string) => string | undefined = () => undefined,
): Failure {
  const logged = existsSync(log);
  const lines = errorLines(logged ? readFileSync(log, "utf8") : "").filter((line) => !SAYS_NOTHING.test(line));
  const reason =
    lines.length > 0
      ? lines.slice(-MOST_LINES).join("; ")
      : (errorLines(output).at(-1) ?? response?.message ?? errnoReason(response?.errno));
  const hint = hintFor(reason);
  return new Failure(`criu failed to ${task}: ${reason}${logged ? ` (log file: ${log})` : ""}`, {
    code: "criu.failed",
    ...(response?.errno && { errno: response.errno }),
    ...(hint !== undefined && { hint }),
  });
}

function errnoReason(errno: number | undefined): string {
  return errno ? describeErrno(errno) : "it ended without telling why";
}
