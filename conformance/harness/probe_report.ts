/** What the probe prints; see conformance/probe. */

export interface ProbeIds {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly filesystem: number;
}

/** One line of /proc/self/mountinfo. */
export interface ProbeMount {
  readonly id: string;
  readonly parent: string;
  readonly device: string;
  readonly root: string;
  readonly target: string;
  readonly options: string;
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly super_options: string;
}

export interface ProbeDevice {
  readonly type: string;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly major?: number;
  readonly minor?: number;
}

/** A path that the probe was asked about; `errno` alone when it is not there. */
export interface ProbePath extends ProbeDevice {
  readonly errno?: number;
  /** 0 when it can be opened for writing. */
  readonly write_errno?: number;
  /** How many entries a directory has, -1 when it cannot be read. */
  readonly entries?: number;
  /** The first KiB of a regular file. */
  readonly text?: string | null;
  /** Bytes. */
  readonly filesystem_size?: number;
  readonly filesystem_flags?: number;
}

export interface ProbeReport {
  readonly descriptors: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly ppid: number;
  readonly sid: number;
  readonly pgid: number;
  readonly uid: ProbeIds;
  readonly gid: ProbeIds;
  readonly groups: readonly number[];
  /** Capability numbers. */
  readonly capabilities: Readonly<
    Record<"bounding" | "effective" | "permitted" | "inheritable" | "ambient", readonly number[]>
  >;
  readonly no_new_privs: number;
  readonly seccomp: number;
  readonly securebits: number;
  readonly dumpable: number;
  readonly timer_slack: number;
  readonly parent_death_signal: number;
  readonly child_subreaper: number;
  readonly umask: number;
  readonly personality: number;
  /** By name without RLIMIT_; -1 is no limit. */
  readonly rlimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly scheduler: {
    readonly policy: number;
    readonly priority: number;
    readonly nice: number;
    readonly ioprio: number;
    readonly cpus: readonly number[];
  };
  readonly signals: { readonly blocked: readonly number[]; readonly ignored: readonly number[] };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string | null;
  readonly exe: string | null;
  readonly session_keyring: string | null;
  readonly terminal: {
    readonly is_terminal: readonly number[];
    readonly rows?: number;
    readonly columns?: number;
    readonly controlling: number;
  };
  readonly hostname: string;
  readonly domainname: string;
  readonly machine: string;
  /** Such as `pid:[4026531836]`, by the names of /proc/self/ns. */
  readonly namespaces: Readonly<Record<string, string | null>>;
  readonly mounts: readonly ProbeMount[];
  readonly cgroups: readonly string[];
  readonly devices: Readonly<Record<string, ProbeDevice>>;
  readonly loopback_up: number | null;
  readonly oom_score_adj: string | null;
  readonly security_label: string | null;
  readonly paths: Readonly<Record<string, Partial<ProbePath>>>;
}
