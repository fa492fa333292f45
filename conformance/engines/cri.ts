/** Pods over containerd's CRI socket, as a kubelet makes them. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";
import { eventually } from "../harness/expectations.ts";
import { bySystemd, cgroupParent } from "./cgroup_parent.ts";
import { Containerd, image } from "./containerd.ts";
import type { Engine } from "./engine_suite.ts";
import { snippet } from "./page.ts";

/** Fields of messages of cri.proto; what is left out has its default. */
export interface PodConfig {
  readonly hostname?: string;
  readonly linux?: {
    readonly security_context?: { readonly namespace_options?: NamespaceOptions; readonly privileged?: boolean };
    readonly sysctls?: Readonly<Record<string, string>>;
  };
}

export interface NamespaceOptions {
  readonly network?: NamespaceMode;
  readonly pid?: NamespaceMode;
  readonly ipc?: NamespaceMode;
}
type NamespaceMode = "POD" | "CONTAINER" | "NODE";

export interface ContainerConfig {
  readonly envs?: readonly { readonly key: string; readonly value: string }[];
  readonly mounts?: readonly {
    readonly container_path: string;
    readonly host_path: string;
    readonly readonly?: boolean;
  }[];
  readonly working_dir?: string;
  readonly linux?: {
    readonly resources?: Resources;
    readonly security_context?: {
      readonly capabilities?: {
        readonly add_capabilities?: readonly string[];
        readonly drop_capabilities?: readonly string[];
      };
      readonly privileged?: boolean;
      readonly namespace_options?: NamespaceOptions;
      readonly run_as_user?: { readonly value: number };
      readonly run_as_group?: { readonly value: number };
      readonly readonly_rootfs?: boolean;
      readonly supplemental_groups?: readonly number[];
      readonly no_new_privs?: boolean;
      readonly masked_paths?: readonly string[];
      readonly readonly_paths?: readonly string[];
      readonly seccomp?: { readonly profile_type: "RuntimeDefault" | "Unconfined" };
    };
  };
}

export interface Resources {
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_shares?: number;
  readonly memory_limit_in_bytes?: number;
  readonly oom_score_adj?: number;
}

export interface ContainerStatus {
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED" | "CONTAINER_UNKNOWN";
  readonly exit_code: number;
  readonly reason: string;
  readonly message: string;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A pod that was asked for, with what CreateContainer wants to hear again. */
export interface Pod {
  readonly id: string;
  readonly config: object;
  readonly logs: string;
}

const service = loadSync(resolve(import.meta.dirname, "cri.proto"), {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
})["runtime.v1.RuntimeService"] as Readonly<Record<string, MethodDefinition<object, object>>>;

/** Where libcni keeps what it was told; it cannot be told to use another place. */
const cniCache = "/var/lib/cni";

export class Cri implements Engine {
  readonly containerd: Containerd;
  readonly #cgroup: string;
  readonly #cacheWasThere = existsSync(cniCache);
  readonly #client: Client;
  #pods = 0;

  private constructor(containerd: Containerd, cgroup: string) {
    this.containerd = containerd;
    this.#cgroup = cgroup;
    this.#client = new Client(`unix:${containerd.socket}`, credentials.createInsecure());
  }

  /**
   * Start containerd with its CRI plugin, configured as docs/engines.md says.
   *
   * @param parent an existing folder to work in.
   * @param cgroup the name of the cgroup in which all pods lie.
   * @param runtime the runtime's path.
   */
  static async start(parent: string, cgroup: string, runtime: string): Promise<Cri> {
    const cni = join(parent, "cni");
    makeNetworkPlugins(cni);
    const own = `
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${image}"
netns_mounts_under_state_dir = true
disable_apparmor = true
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${cni}"
conf_dir = "${cni}/conf"
`;
    // the snippet ends with the runtime's options
    const driver = bySystemd ? "SystemdCgroup = true\n" : "";
    const cri = snippet("containerd", "toml", runtime) + driver + own;
    const engine = new Cri(await Containerd.start(parent, runtime, { cri, namespace: "k8s.io" }), cgroup);
    await engine.#answers();
    return engine;
  }

  /** Wait for the plugin, which is ready some time after containerd itself. */
  async #answers(): Promise<void> {
    const listed = (): Promise<boolean> =>
      this.pods().then(
        () => true,
        () => false,
      );
    await eventually("the CRI plugin", listed, 20_000);
  }

  /** End containerd and start it again. */
  async restart(): Promise<void> {
    await this.containerd.restart();
    await this.#answers();
  }

  /** Make one call; the answer's type is that of cri.proto. @throws Error with containerd's message */
  call<T extends object>(method: string, request: object): Promise<T> {
    const definition = service[method];
    if (definition === undefined) throw new Error(`cri.proto has no ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: object): void =>
        error === null ? resolve(answer as T) : reject(new Error(error.details));
      const options = { deadline: Date.now() + 40_000 };
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, done);
    });
  }

  /** RunPodSandbox. @param handler the name of a runtime in containerd's config, the default one if empty */
  async runPod(config: PodConfig = {}, handler = ""): Promise<Pod> {
    const name = `pod-${this.#pods++}`;
    const logs = join(this.containerd.folder, "logs", name);
    mkdirSync(logs, { recursive: true });
    const whole = {
      // the node's own if that is whose network it has
      hostname: config.linux?.security_context?.namespace_options?.network === "NODE" ? "" : name,
      ...config,
      metadata: { name, uid: name, namespace: this.#cgroup },
      log_directory: logs,
      linux: { ...config.linux, cgroup_parent: cgroupParent(this.#cgroup) },
    };
    const request = { config: whole, runtime_handler: handler };
    const { pod_sandbox_id } = await this.call<{ pod_sandbox_id: string }>("RunPodSandbox", request);
    return { id: pod_sandbox_id, config: whole, logs };
  }

  async createContainer(
    pod: Pod,
    name: string,
    command: readonly string[],
    config: ContainerConfig = {},
  ): Promise<string> {
    const whole = { ...config, metadata: { name }, image: { image }, command, log_path: `${name}.log` };
    const request = { pod_sandbox_id: pod.id, config: whole, sandbox_config: pod.config };
    return (await this.call<{ container_id: string }>("CreateContainer", request)).container_id;
  }

  /** Create and start a container. */
  async run(pod: Pod, name: string, command: readonly string[], config: ContainerConfig = {}): Promise<string> {
    const id = await this.createContainer(pod, name, command, config);
    await this.call("StartContainer", { container_id: id });
    return id;
  }

  /** ExecSync. @param timeout seconds */
  async exec(id: string, cmd: readonly string[], timeout = 10): Promise<ExecResult> {
    const answer = await this.call<{ stdout: Buffer; stderr: Buffer; exit_code: number }>("ExecSync", {
      container_id: id,
      cmd,
      timeout,
    });
    return { stdout: answer.stdout.toString(), stderr: answer.stderr.toString(), exitCode: answer.exit_code };
  }

  async status(id: string): Promise<ContainerStatus> {
    return (await this.call<{ status: ContainerStatus }>("ContainerStatus", { container_id: id })).status;
  }

  async podState(pod: Pod): Promise<string> {
    return (await this.call<{ status: { state: string } }>("PodSandboxStatus", { pod_sandbox_id: pod.id })).status
      .state;
  }

  async pods(): Promise<string[]> {
    return (await this.call<{ items: { id: string }[] }>("ListPodSandbox", {})).items.map(({ id }) => id);
  }

  async reset(): Promise<void> {
    for (const id of await this.pods()) {
      await this.call("StopPodSandbox", { pod_sandbox_id: id });
      await this.call("RemovePodSandbox", { pod_sandbox_id: id });
    }
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.containerd.stop();
    if (!this.#cacheWasThere) rmSync(cniCache, { recursive: true, force: true });
  }
}

/** Network plugins that raise the loopback interface, and answer that there is an address. */
function makeNetworkPlugins(folder: string): void {
  mkdirSync(join(folder, "conf"), { recursive: true });
  const answer = {
    cniVersion: "0.4.0",
    interfaces: [{ name: "eth0", sandbox: "SANDBOX" }],
    ips: [{ version: "4", interface: 0, address: "192.0.2.2/24" }],
  };
  const plugin = `#!/bin/sh
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  ADD)
    nsenter --net="$CNI_NETNS" busybox ip link set lo up || exit 1
    echo '${JSON.stringify(answer)}' | busybox sed "s:SANDBOX:$CNI_NETNS:" ;;
esac
`;
  for (const name of ["loopback", "nothing"]) writeFileSync(join(folder, name), plugin, { mode: 0o755 });
  const network = { cniVersion: "0.4.0", name: "nothing", plugins: [{ type: "nothing" }] };
  writeFileSync(join(folder, "conf/10-nothing.conflist"), JSON.stringify(network));
}
