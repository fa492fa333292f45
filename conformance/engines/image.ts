/** An image made on the spot: no registry is asked for anything. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRootfs } from "../harness/bundle.ts";
import { runCommand, succeeded } from "../harness/command.ts";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Write an image of busybox as an OCI layout in a tar archive.
 *
 * @param folder an existing folder to work in.
 * @param name how the image will be called, such as `example.test/busybox:latest`.
 * @returns the archive's path.
 */
export async function makeImageArchive(folder: string, name: string): Promise<string> {
  const [rootfs, layout, layer] = [join(folder, "image-rootfs"), join(folder, "image"), join(folder, "layer.tar")];
  await makeRootfs(rootfs);
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
  succeeded(await runCommand(["tar", "-C", rootfs, "--numeric-owner", "-cf", layer, "."]));
  const blob = (content: Buffer | string, mediaType: string): Descriptor => {
    const digest = createHash("sha256").update(content).digest("hex");
    writeFileSync(join(layout, "blobs/sha256", digest), content);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
  };
  const layerBlob = blob(readFileSync(layer), "application/vnd.oci.image.layer.v1.tar");
  const config = blob(
    JSON.stringify({
      architecture: architectures[process.arch] ?? process.arch,
      os: "linux",
      config: { Cmd: ["sleep", "1000000"], Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
      rootfs: { type: "layers", diff_ids: [layerBlob.digest] },
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = blob(
    JSON.stringify({ schemaVersion: 2, config, layers: [layerBlob] }),
    "application/vnd.oci.image.manifest.v1+json",
  );
  const annotations = { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name };
  writeFileSync(
    join(layout, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const archive = join(folder, "image.tar");
  succeeded(await runCommand(["tar", "-C", layout, "-cf", archive, "."]));
  return archive;
}
