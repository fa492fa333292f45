/** Whatever may go wrong is a value of this class: what was attempted, where in config.json, which call, which errno. */

/** Stable classes of failure, for programs that read `--log-format json`. */
export type FailureCode =
  | "usage"
  | "config.invalid"
  | "config.unsupported"
  | "container.exists"
  | "container.not_found"
  | "container.wrong_status"
  | "exec.not_found"
  | "exec.not_executable"
  | "hook.failed"
  | "cgroup.failed"
  | "oom"
  | "criu.not_found"
  | "criu.unsuitable"
  | "criu.failed"
  | "state.corrupt"
  | "system";

export interface FailureContext {
  readonly code?: FailureCode;
  /** JSON Pointer into config.json, or the name of a default such as `default/dev`. */
  readonly pointer?: string;
  /** The call as it would be written by hand: `open_tree("/srv/data")`. */
  readonly call?: string;
  /** A positive Linux errno number. */
  readonly errno?: number;
  /** What the user can do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * A failure with its context. `message` is one sentence without a trailing full stop and without the program's name.
 *
 * @example throw new Failure("container does not exist", { code: "container.not_found" })
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly pointer: string | undefined;
  readonly call: string | undefined;
  readonly errno: number | undefined;
  readonly hint: string | undefined;

  constructor(message: string, context: FailureContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "Failure";
    this.code = context.code ?? "system";
    this.pointer = context.pointer;
    this.call = context.call;
    this.errno = context.errno;
    this.hint = context.hint;
  }
}
