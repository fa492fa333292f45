/** Questions about the namespaces that a config asks for. */

import type { Config, Namespace, NamespaceType } from "./types.ts";

/** The config's entry for a kind of namespace; undefined if the container shares the runtime's. */
export function findNamespace(config: Config, type: NamespaceType): Namespace | undefined {
  for (const namespace of config.linux?.namespaces ?? []) if (namespace.type === type) return namespace;
  return undefined;
}

/** Whether the container has a namespace of this kind other than the runtime's: a new one or a joined one. */
export function hasNamespace(config: Config, type: NamespaceType): boolean {
  return findNamespace(config, type) !== undefined;
}

/** Whether a new namespace of this kind is made. An empty path counts as none, as in runc. */
export function makesNamespace(config: Config, type: NamespaceType): boolean {
  const namespace = findNamespace(config, type);
  return namespace !== undefined && !namespace.path;
}

/** Whether an existing namespace of this kind is joined. */
export function joinsNamespace(config: Config, type: NamespaceType): boolean {
  return Boolean(findNamespace(config, type)?.path);
}
