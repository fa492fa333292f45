import { Failure } from "../failure.ts";
import { closeSync, mkdirSync, openSync } from "../libc/files.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { F_SETFD, O_DIRECTORY, O_RDONLY } from "../program/constants.ts";

/** What the standard streams were, beside the images; runc has the same file. */
export const DESCRIPTORS_FILE = "descriptors.json";

/** The directories of images and of logs, open and inherited by what is started: CRIU gets descriptors. */
export interface OpenDirectories {
  readonly images: number;
  /** Undefined if the logs go to the images. */
  readonly work: number | undefined;
}

/**
 * Open the directory of the images, and the one of the logs, which is made if it is missing.
 *
 * @param images whether theirs is made too
 * @throws Failure
 */
export function openDirectories(
  { imagePath, workPath }: { readonly imagePath: string; readonly workPath?: string | undefined },
  images: "make" | "expect",
): OpenDirectories {
  const opened = open("--image-path", imagePath, images);
  try {
    return { images: opened, work: workPath === undefined ? undefined : open("--work-path", workPath, "make") };
  } catch (failure) {
    closeSync(opened);
    throw failure;
  }
}

export function closeDirectories({ images, work }: OpenDirectories): void {
  closeSync(images);
  if (work !== undefined) closeSync(work);
}

function open(option: string, path: string, missing: "make" | "expect"): number {
  try {
    if (missing === "make") mkdirSync(path, { recursive: true, mode: 0o700 });
    const fd = openSync(path, O_RDONLY | O_DIRECTORY[ARCHITECTURE]);
    systemCall("fcntl", fd, F_SETFD, 0);
    return fd;
  } catch (cause) {
    throw new Failure(`${option}: ${(cause as Error).message}`, { code: "usage", cause });
  }
}
