import { linkTarget } from "../libc/files.ts";

/**
 * What standard input, output and error output are: `pipe:[12345]`, or a path. CRIU is told of the pipes, whose other
 * ends are outside, so that those of whoever restores the container take their place.
 */
export function standardStreams(): string[] {
  return [0, 1, 2].map((fd) => linkTarget(`/proc/self/fd/${fd}`) ?? "");
}

export function isPipe(stream: string): boolean {
  return stream.startsWith("pipe:");
}

/** Those that are the null device. */
export function nullStreams(): number[] {
  return standardStreams().flatMap((stream, fd) => (stream === "/dev/null" ? [fd] : []));
}
