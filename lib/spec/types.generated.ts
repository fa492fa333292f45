/** Types of the OCI documents. Made from spec-schemas/ by `npm run generate`; do not edit. */

/** A signed 64-bit integer: a bigint where a double would not hold it exactly. */
export type Int64 = number | bigint;

/** An unsigned 64-bit integer: a bigint where a double would not hold it exactly. */
export type Uint64 = number | bigint;

export type SchedulerPolicy =
  "SCHED_OTHER" | "SCHED_FIFO" | "SCHED_RR" | "SCHED_BATCH" | "SCHED_ISO" | "SCHED_IDLE" | "SCHED_DEADLINE";

export type SchedulerFlag =
  | "SCHED_FLAG_RESET_ON_FORK"
  | "SCHED_FLAG_RECLAIM"
  | "SCHED_FLAG_DL_OVERRUN"
  | "SCHED_FLAG_KEEP_POLICY"
  | "SCHED_FLAG_KEEP_PARAMS"
  | "SCHED_FLAG_UTIL_CLAMP_MIN"
  | "SCHED_FLAG_UTIL_CLAMP_MAX";

export type IoPriorityClass = "IOPRIO_CLASS_RT" | "IOPRIO_CLASS_BE" | "IOPRIO_CLASS_IDLE";

export type NamespaceType = "pid" | "network" | "mount" | "ipc" | "uts" | "user" | "cgroup" | "time";

/** c or u: character; b: block; p: fifo. */
export type DeviceType = "c" | "b" | "u" | "p";

export type MemoryPolicyMode =
  | "MPOL_DEFAULT"
  | "MPOL_BIND"
  | "MPOL_INTERLEAVE"
  | "MPOL_WEIGHTED_INTERLEAVE"
  | "MPOL_PREFERRED"
  | "MPOL_PREFERRED_MANY"
  | "MPOL_LOCAL";

export type MemoryPolicyFlag = "MPOL_F_NUMA_BALANCING" | "MPOL_F_RELATIVE_NODES" | "MPOL_F_STATIC_NODES";

export type RootfsPropagation =
  "shared" | "slave" | "private" | "unbindable" | "rshared" | "rslave" | "rprivate" | "runbindable";

export type PersonalityDomain = "LINUX" | "LINUX32";

export type SeccompAction =
  | "SCMP_ACT_KILL"
  | "SCMP_ACT_KILL_PROCESS"
  | "SCMP_ACT_KILL_THREAD"
  | "SCMP_ACT_TRAP"
  | "SCMP_ACT_ERRNO"
  | "SCMP_ACT_TRACE"
  | "SCMP_ACT_ALLOW"
  | "SCMP_ACT_LOG"
  | "SCMP_ACT_NOTIFY";

export type SeccompOperator =
  "SCMP_CMP_NE" | "SCMP_CMP_LT" | "SCMP_CMP_LE" | "SCMP_CMP_EQ" | "SCMP_CMP_GE" | "SCMP_CMP_GT" | "SCMP_CMP_MASKED_EQ";

export type SeccompFlag =
  | "SECCOMP_FILTER_FLAG_TSYNC"
  | "SECCOMP_FILTER_FLAG_LOG"
  | "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
  | "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV";

export type SeccompArch =
  | "SCMP_ARCH_X86"
  | "SCMP_ARCH_X86_64"
  | "SCMP_ARCH_X32"
  | "SCMP_ARCH_ARM"
  | "SCMP_ARCH_AARCH64"
  | "SCMP_ARCH_LOONGARCH64"
  | "SCMP_ARCH_M68K"
  | "SCMP_ARCH_MIPS"
  | "SCMP_ARCH_MIPS64"
  | "SCMP_ARCH_MIPS64N32"
  | "SCMP_ARCH_MIPSEL"
  | "SCMP_ARCH_MIPSEL64"
  | "SCMP_ARCH_MIPSEL64N32"
  | "SCMP_ARCH_PARISC"
  | "SCMP_ARCH_PARISC64"
  | "SCMP_ARCH_PPC"
  | "SCMP_ARCH_PPC64"
  | "SCMP_ARCH_PPC64LE"
  | "SCMP_ARCH_RISCV64"
  | "SCMP_ARCH_S390"
  | "SCMP_ARCH_S390X"
  | "SCMP_ARCH_SH"
  | "SCMP_ARCH_SHEB";

export type FreeBsdSharing = "new" | "inherit";

export type FreeBsdSharingOrNone = "disable" | "new" | "inherit";

/** Where a container is in its life; paused is not the specification's own, but what all runtimes say. */
export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** A range of user or group ids and the range that it stands for outside. */
export interface IdMapping {
  /** The first id inside. */
  containerID: number;
  /** The first id outside. */
  hostID: number;
  /** How many ids the range has. */
  size: number;
}

/** Free metadata of the container; keys are never empty. */
export interface Annotations {
  [key: string]: string;
}

/** A bundle's config.json: everything a runtime needs to make the container. */
export interface Config {
  /** The specification's version that the document follows (SemVer). */
  ociVersion: string;
  /** The root file system; required on Linux. */
  root?: Root;
  /** What is mounted over the root file system, in this order. */
  mounts?: Mount[];
  /** The container's process; required by start. */
  process?: Process;
  /** The host name inside; needs a UTS namespace. */
  hostname?: string;
  /** The NIS domain name inside; needs a UTS namespace. */
  domainname?: string;
  /** Commands that run at points of the life cycle. */
  hooks?: Hooks;
  annotations?: Annotations;
  /** What only Linux has. */
  linux?: Linux;
  /** For containers in a virtual machine. */
  vm?: Vm;
  /** What only Windows has. */
  windows?: Windows;
  /** What only Solaris has. */
  solaris?: Solaris;
  /** What only z/OS has. */
  zos?: Zos;
  /** What only FreeBSD has. */
  freebsd?: FreeBsd;
}

/** The container's root file system. */
export interface Root {
  /** A directory; a relative path starts at the bundle. */
  path: string;
  /** Make the root read-only inside. Default: false. */
  readonly?: boolean;
}

/** One mount inside the container. */
export interface Mount {
  /** The mount point inside; a relative path starts at `/`. */
  destination: string;
  /** A device, a name, or for a bind mount a path of the host; relative to the bundle. */
  source?: string;
  /** The file system's type; of no effect for bind mounts. */
  type?: string;
  /** Mount flags, propagation, recursive attributes; what is none of these is data for the file system. */
  options?: string[];
  /** User ids of an id-mapped mount; given together with gidMappings. */
  uidMappings?: IdMapping[];
  /** Group ids of an id-mapped mount; given together with uidMappings. */
  gidMappings?: IdMapping[];
}

/** Commands that run at points of the life cycle, each list in its order. */
export interface Hooks {
  /** Deprecated. By create, outside, before createRuntime's. */
  prestart?: Hook[];
  /** By create, outside, when the namespaces exist and the root is not yet changed. */
  createRuntime?: Hook[];
  /** By create, inside the container's namespaces, before the root is changed. */
  createContainer?: Hook[];
  /** By start, inside the container, right before its process is executed. */
  startContainer?: Hook[];
  /** By start, outside, after the process was started. */
  poststart?: Hook[];
  /** By delete, outside, after the container is gone. */
  poststop?: Hook[];
}

/** A command that gets the container's state on its standard input. */
export interface Hook {
  /** The executable, an absolute path. */
  path: string;
  /** All arguments, the zeroth included. */
  args?: string[];
  /** The environment, `NAME=value` each. */
  env?: string[];
  /** After so many seconds the hook is killed. */
  timeout?: number;
}

/** A process in the container: its own, or one that exec adds. */
export interface Process {
  /** Give the process a terminal. Default: false. */
  terminal?: boolean;
  /** The terminal's size in characters. */
  consoleSize?: ConsoleSize;
  /** The working directory, an absolute path inside. */
  cwd: string;
  /** The environment, `NAME=value` each. */
  env?: string[];
  /** The command and its arguments; looked up like execvp does. */
  args?: string[];
  /** The whole command line; Windows only. */
  commandLine?: string;
  /** As whom the process runs. */
  user?: User;
  /** The five capability sets. */
  capabilities?: Capabilities;
  /** Resource limits; no type twice. */
  rlimits?: Rlimit[];
  /** Set the no_new_privs bit. Default: false. */
  noNewPrivileges?: boolean;
  /** The AppArmor profile to run under. */
  apparmorProfile?: string;
  /** The SELinux label to run under. */
  selinuxLabel?: string;
  /** Written to oom_score_adj, -1000 to 1000; left as it is if absent. */
  oomScoreAdj?: number;
  /** How the process is scheduled. */
  scheduler?: Scheduler;
  /** The process's I/O priority. */
  ioPriority?: IoPriority;
  /** On which processors an exec'd process runs. */
  execCPUAffinity?: ExecCpuAffinity;
}

/** The size of a terminal in characters. */
export interface ConsoleSize {
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
}

/** User and groups of a process, as numbers inside the container. */
export interface User {
  /** User id. Default: 0. */
  uid?: number;
  /** Group id. Default: 0. */
  gid?: number;
  /** The file mode creation mask. */
  umask?: number;
  /** Further groups. */
  additionalGids?: number[];
  /** The user's name; Windows only. */
  username?: string;
}

/** Capability sets, each a list of names such as CAP_CHOWN; an absent set is empty. */
export interface Capabilities {
  /** What can ever be gained. */
  bounding?: string[];
  /** What is checked. */
  effective?: string[];
  /** What files may let through. */
  inheritable?: string[];
  /** What may be made effective. */
  permitted?: string[];
  /** What execve keeps. */
  ambient?: string[];
}

/** One resource limit. */
export interface Rlimit {
  /** A name such as RLIMIT_NOFILE. */
  type: string;
  /** What the kernel enforces; 18446744073709551615 is no limit. */
  soft: Uint64;
  /** How far an unprivileged process may raise it; 18446744073709551615 is no limit. */
  hard: Uint64;
}

/** The arguments of sched_setattr. */
export interface Scheduler {
  policy: SchedulerPolicy;
  /** For SCHED_OTHER and SCHED_BATCH, -20 to 19. */
  nice?: number;
  /** For SCHED_FIFO and SCHED_RR. */
  priority?: number;
  flags?: SchedulerFlag[];
  /** For SCHED_DEADLINE, in nanoseconds. */
  runtime?: Uint64;
  /** For SCHED_DEADLINE, in nanoseconds. */
  deadline?: Uint64;
  /** For SCHED_DEADLINE, in nanoseconds. */
  period?: Uint64;
}

/** The arguments of ioprio_set. */
export interface IoPriority {
  class: IoPriorityClass;
  /** 0 (most urgent) to 7 within the class. */
  priority?: number;
}

/** Lists of processors such as `0-3,7`. */
export interface ExecCpuAffinity {
  /** While the process is not yet in the container's cgroup. */
  initial?: string;
  /** Once it is in the cgroup. */
  final?: string;
}

/** The part of config.json that only Linux has. */
export interface Linux {
  /** The namespaces that the container does not share with the runtime; no type twice. */
  namespaces?: Namespace[];
  /** User ids of the container's user namespace. */
  uidMappings?: IdMapping[];
  /** Group ids of the container's user namespace. */
  gidMappings?: IdMapping[];
  /** Clocks of a new time namespace. */
  timeOffsets?: TimeOffsets;
  /** Device nodes to make besides the default ones. */
  devices?: Device[];
  /** Network devices of the host to move into the container, by their name on the host. */
  netDevices?: {
    [key: string]: NetDevice;
  };
  /** The container's cgroup: absolute below the hierarchy's mount, relative, or systemd's `slice:prefix:name`. */
  cgroupsPath?: string;
  /** Limits, set by cgroups. */
  resources?: Resources;
  /** Cache and memory bandwidth control. */
  intelRdt?: IntelRdt;
  /** NUMA memory policy of the process. */
  memoryPolicy?: MemoryPolicy;
  /** Kernel parameters of the container's namespaces, by their dotted name. */
  sysctl?: {
    [key: string]: string;
  };
  /** The system call filter. */
  seccomp?: Seccomp;
  /** Mount propagation of the root file system. */
  rootfsPropagation?: RootfsPropagation;
  /** Absolute paths that cannot be read inside. */
  maskedPaths?: string[];
  /** Absolute paths that cannot be written inside. */
  readonlyPaths?: string[];
  /** The SELinux context of the container's mounts. */
  mountLabel?: string;
  /** The process's execution domain. */
  personality?: Personality;
}

/** A namespace: a new one, or with a path an existing one. */
export interface Namespace {
  type: NamespaceType;
  /** The file of a namespace to join, an absolute path in the runtime's mount namespace. */
  path?: string;
}

/** How far the clocks of a new time namespace differ from the host's. */
export interface TimeOffsets {
  monotonic?: TimeOffset;
  boottime?: TimeOffset;
}

/** The offset of one clock. */
export interface TimeOffset {
  /** Whole seconds. */
  secs?: Int64;
  /** The rest in nanoseconds. */
  nanosecs?: number;
}

/** A device node inside the container. */
export interface Device {
  type: DeviceType;
  /** The node's absolute path inside. */
  path: string;
  /** Required unless a fifo. */
  major?: number;
  /** Required unless a fifo. */
  minor?: number;
  /** Permission bits. Default: 0666. Bits of the file's type are tolerated and have no effect. */
  fileMode?: number;
  /** The owner inside. Default: 0. */
  uid?: number;
  /** The group inside. Default: 0. */
  gid?: number;
}

/** A network device that moves into the container. */
export interface NetDevice {
  /** Its name inside. Default: its name on the host. */
  name?: string;
}

/** Resource control of the processor, by the resctrl file system. */
export interface IntelRdt {
  /** The class of service, a directory of resctrl. */
  closID?: string;
  /** Lines for the class's schemata file, in this order. */
  schemata?: string[];
  /** Lines for the L3 cache, written before memBwSchema. */
  l3CacheSchema?: string;
  /** The line for memory bandwidth, it starts with `MB:`. */
  memBwSchema?: string;
  /** Make a monitoring group of the container's own. */
  enableMonitoring?: boolean;
}

/** The arguments of set_mempolicy. */
export interface MemoryPolicy {
  mode?: MemoryPolicyMode;
  /** A list of nodes such as `0-3,7`. */
  nodes?: string;
  flags?: MemoryPolicyFlag[];
}

/** The argument of personality. */
export interface Personality {
  domain?: PersonalityDomain;
  /** None are defined yet. */
  flags?: string[];
}

/** What the container's cgroups limit. */
export interface Resources {
  /** Which devices may be used; the last rule that matches decides. */
  devices?: DeviceCgroupRule[];
  memory?: MemoryResources;
  cpu?: CpuResources;
  pids?: PidsResources;
  blockIO?: BlockIoResources;
  hugepageLimits?: HugepageLimit[];
  network?: NetworkResources;
  /** Limits by the name of the RDMA device. */
  rdma?: {
    [key: string]: RdmaLimits;
  };
  /** Files of cgroup v2 and what is written to them, after all other limits. */
  unified?: {
    [key: string]: string;
  };
}

/** Allow or deny the use of devices. */
export interface DeviceCgroupRule {
  allow: boolean;
  /** a (all), b (block) or c (character). Default: a. */
  type?: string;
  /** All if absent. */
  major?: number;
  /** All if absent. */
  minor?: number;
  /** Letters of r (read), w (write), m (mknod). */
  access?: string;
}

/** Memory limits in bytes; -1 is no limit. */
export interface MemoryResources {
  limit?: Int64;
  /** The soft limit. */
  reservation?: Int64;
  /** Memory and swap together. */
  swap?: Int64;
  /** Deprecated: kernel memory. */
  kernel?: Int64;
  /** Deprecated: TCP buffers. */
  kernelTCP?: Int64;
  /** 0 to 100; cgroup v1 only. */
  swappiness?: Uint64;
  /** Stall instead of kill; cgroup v1 only. */
  disableOOMKiller?: boolean;
  /** Count child cgroups too; cgroup v1 only. */
  useHierarchy?: boolean;
  /** Refuse a limit below what is in use. */
  checkBeforeUpdate?: boolean;
}

/** Processor time and processors. */
export interface CpuResources {
  /** Relative weight, 2 to 262144. */
  shares?: Uint64;
  /** Microseconds of processor time per period; negative is no limit. */
  quota?: Int64;
  /** Microseconds that may be saved up. */
  burst?: Uint64;
  /** The quota's period in microseconds. */
  period?: Uint64;
  /** Microseconds of real-time scheduling per realtimePeriod. */
  realtimeRuntime?: Int64;
  /** The real-time period in microseconds. */
  realtimePeriod?: Uint64;
  /** A list of processors such as `0-3,7`. */
  cpus?: string;
  /** A list of memory nodes such as `0,2`. */
  mems?: string;
  /** 1: run only when nothing else does. Default: 0. */
  idle?: Int64;
}

/** How many tasks there may be. */
export interface PidsResources {
  /** Negative is no limit. */
  limit: Int64;
}

/** Weights and rates of block devices. */
export interface BlockIoResources {
  /** 10 to 1000. */
  weight?: number;
  /** Against child cgroups; cgroup v1 only. */
  leafWeight?: number;
  weightDevice?: BlockIoWeightDevice[];
  /** Bytes read per second. */
  throttleReadBpsDevice?: BlockIoThrottleDevice[];
  /** Bytes written per second. */
  throttleWriteBpsDevice?: BlockIoThrottleDevice[];
  /** Reads per second. */
  throttleReadIOPSDevice?: BlockIoThrottleDevice[];
  /** Writes per second. */
  throttleWriteIOPSDevice?: BlockIoThrottleDevice[];
}

/** The weight of one block device. */
export interface BlockIoWeightDevice {
  major: number;
  minor: number;
  /** 10 to 1000. */
  weight?: number;
  /** Against child cgroups; cgroup v1 only. */
  leafWeight?: number;
}

/** The rate limit of one block device. */
export interface BlockIoThrottleDevice {
  major: number;
  minor: number;
  /** Bytes or operations per second; 0 lifts the limit. */
  rate?: Uint64;
}

/** The limit for one size of huge pages. */
export interface HugepageLimit {
  /** A size such as 2MB. */
  pageSize: string;
  /** In bytes. */
  limit: Uint64;
}

/** Marks of network traffic; cgroup v1 only. */
export interface NetworkResources {
  /** The class of net_cls. */
  classID?: number;
  /** Priorities of net_prio. */
  priorities?: InterfacePriority[];
}

/** The priority of traffic through one interface. */
export interface InterfacePriority {
  /** The interface's name on the host. */
  name: string;
  priority: number;
}

/** Limits for one RDMA device. */
export interface RdmaLimits {
  /** How many handles. */
  hcaHandles?: number;
  /** How many objects. */
  hcaObjects?: number;
}

/** The system call filter of the container's processes. */
export interface Seccomp {
  /** For calls that no rule matches. */
  defaultAction: SeccompAction;
  /** The errno of defaultAction, where it takes one. Default: EPERM. */
  defaultErrnoRet?: number;
  /** For which the filter holds, besides the machine's own. */
  architectures?: SeccompArch[];
  flags?: SeccompFlag[];
  /** The socket that gets the notify descriptor for SCMP_ACT_NOTIFY. */
  listenerPath?: string;
  /** Free text for the listener; needs listenerPath. */
  listenerMetadata?: string;
  syscalls?: SeccompSyscall[];
}

/** A rule: an action for system calls, perhaps only with certain arguments. */
export interface SeccompSyscall {
  /** System calls; names that the machine does not have are passed over. */
  names: string[];
  action: SeccompAction;
  /** The errno of the action, where it takes one. Default: EPERM. */
  errnoRet?: number;
  /** Conditions; all of them must hold. */
  args?: SeccompArg[];
}

/** A condition on one argument of a system call. */
export interface SeccompArg {
  /** Which argument, from 0. */
  index: number;
  /** What it is compared with; for SCMP_CMP_MASKED_EQ the mask. */
  value: Uint64;
  /** For SCMP_CMP_MASKED_EQ the value under the mask. */
  valueTwo?: Uint64;
  op: SeccompOperator;
}

/** A container in a virtual machine. */
export interface Vm {
  hypervisor?: VmHypervisor;
  kernel: VmKernel;
  image?: VmImage;
  hwConfig?: VmHardware;
}

/** The program that runs the machine. */
export interface VmHypervisor {
  path: string;
  parameters?: string[];
}

/** The machine's kernel. */
export interface VmKernel {
  path: string;
  parameters?: string[];
  initrd?: string;
}

/** The machine's root disk. */
export interface VmImage {
  path: string;
  format: "raw" | "qcow2" | "vdi" | "vmdk" | "vhd";
}

/** The machine's hardware. */
export interface VmHardware {
  deviceTree?: string;
  vcpus?: number;
  memory?: Uint64;
  dtdevs?: string[];
  iomems?: VmIoMemory[];
  irqs?: number[];
}

/** A range of I/O memory for the machine, in page frames. */
export interface VmIoMemory {
  firstGFN?: Uint64;
  firstMFN: Uint64;
  nrMFNs: Uint64;
}

/** A container on Windows. */
export interface Windows {
  layerFolders: string[];
  devices?: WindowsDevice[];
  resources?: WindowsResources;
  network?: WindowsNetwork;
  /** Passed on as it is. */
  credentialSpec?: {};
  servicing?: boolean;
  ignoreFlushesDuringBoot?: boolean;
  hyperv?: {
    utilityVMPath?: string;
  };
}

export interface WindowsDevice {
  id: string;
  idType: "class";
}

export interface WindowsResources {
  memory?: {
    limit?: Uint64;
  };
  cpu?: {
    count?: Uint64;
    shares?: number;
    maximum?: number;
    affinity?: {
      mask?: Uint64;
      group?: number;
    };
  };
  storage?: {
    iops?: Uint64;
    bps?: Uint64;
    sandboxSize?: Uint64;
  };
}

export interface WindowsNetwork {
  endpointList?: string[];
  allowUnqualifiedDNSQuery?: boolean;
  DNSSearchList?: string[];
  networkSharedContainerName?: string;
  networkNamespace?: string;
}

/** A container on Solaris. */
export interface Solaris {
  milestone?: string;
  limitpriv?: string;
  maxShmMemory?: string;
  cappedCPU?: {
    ncpus?: string;
  };
  cappedMemory?: {
    physical?: string;
    swap?: string;
  };
  anet?: SolarisAnet[];
}

/** An automatic network resource. */
export interface SolarisAnet {
  linkname?: string;
  lowerLink?: string;
  allowedAddress?: string;
  configureAllowedAddress?: string;
  defrouter?: string;
  macAddress?: string;
  linkProtection?: string;
}

/** A container on z/OS. */
export interface Zos {
  namespaces?: ZosNamespace[];
}

export interface ZosNamespace {
  type: "mount" | "pid" | "uts" | "ipc";
  path?: string;
}

/** A container on FreeBSD. */
export interface FreeBsd {
  devices?: FreeBsdDevice[];
  jail?: FreeBsdJail;
}

export interface FreeBsdDevice {
  path?: string;
  mode?: number;
}

export interface FreeBsdJail {
  parent?: string;
  host?: FreeBsdSharing;
  ip4?: FreeBsdSharingOrNone;
  ip4Addr?: string[];
  ip6?: FreeBsdSharingOrNone;
  ip6Addr?: string[];
  vnet?: FreeBsdSharing;
  interface?: string;
  vnetInterfaces?: string[];
  sysvmsg?: FreeBsdSharingOrNone;
  sysvsem?: FreeBsdSharingOrNone;
  sysvshm?: FreeBsdSharingOrNone;
  enforceStatfs?: number;
  allow?: {
    setHostname?: boolean;
    rawSockets?: boolean;
    chflags?: boolean;
    mount?: string[];
    quotas?: boolean;
    socketAf?: boolean;
    mlock?: boolean;
    reservedPorts?: boolean;
    suser?: boolean;
  };
}

/** A container's state, as the state command prints it and hooks get it. */
export interface State {
  /** The specification's version that the document follows. */
  ociVersion: string;
  /** The container's id, unique on the host. */
  id: string;
  status: Status;
  /** The container's process; present on Linux when created or running. */
  pid?: number;
  /** The bundle's absolute path. */
  bundle: string;
  annotations?: Annotations;
}

/** What a seccomp listener gets together with the notify descriptor. */
export interface ContainerProcessState {
  /** The specification's version that the document follows. */
  ociVersion: string;
  /** Names of the descriptors that come along, in their order. */
  fds: string[];
  /** The process that the filter belongs to. */
  pid: number;
  /** The filter's listenerMetadata. */
  metadata?: string;
  state: State;
}

/** What a runtime can do, as the features command prints it. */
export interface Features {
  /** The oldest version of the specification that is understood. */
  ociVersionMin: string;
  /** The newest version of the specification that is understood. */
  ociVersionMax: string;
  /** The kinds of hooks. */
  hooks?: string[];
  /** The mount options. */
  mountOptions?: string[];
  annotations?: Annotations;
  /** Annotations of config.json that change what the runtime does; a trailing dot stands for a prefix. */
  potentiallyUnsafeConfigAnnotations?: string[];
  linux?: LinuxFeatures;
}

/** What a runtime can do on Linux; an absent part says nothing. */
export interface LinuxFeatures {
  namespaces?: NamespaceType[];
  capabilities?: string[];
  cgroup?: CgroupFeatures;
  seccomp?: SeccompFeatures;
  apparmor?: EnabledFeature;
  selinux?: EnabledFeature;
  intelRdt?: IntelRdtFeatures;
  memoryPolicy?: MemoryPolicyFeatures;
  mountExtensions?: MountExtensions;
  netDevices?: EnabledFeature;
}

export interface EnabledFeature {
  enabled?: boolean;
}

export interface CgroupFeatures {
  v1?: boolean;
  v2?: boolean;
  systemd?: boolean;
  systemdUser?: boolean;
  rdma?: boolean;
}

export interface SeccompFeatures {
  enabled?: boolean;
  actions?: SeccompAction[];
  operators?: SeccompOperator[];
  archs?: SeccompArch[];
  knownFlags?: SeccompFlag[];
  supportedFlags?: SeccompFlag[];
}

export interface IntelRdtFeatures {
  enabled?: boolean;
  schemata?: boolean;
  monitoring?: boolean;
}

export interface MemoryPolicyFeatures {
  modes?: MemoryPolicyMode[];
  flags?: MemoryPolicyFlag[];
}

export interface MountExtensions {
  idmap?: EnabledFeature;
}
