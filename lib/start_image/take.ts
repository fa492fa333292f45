import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILD_ID } from "../executor/build_id.ts";
import { executorImage } from "../executor/image.ts";
import { Failure } from "../failure.ts";
import { directoryEntries, existsSync } from "../libc/files.ts";
import { sealedMemfd } from "../libc/memfd.ts";
import { waitForExit } from "../libc/process.ts";
import { posixSpawnWith } from "../libc/spawn.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { O_CLOEXEC } from "../program/constants.ts";
import { type AddressSpace, readAddressSpace } from "./address_space.ts";
import {
  CPU_WORDS,
  encodeHeader,
  type HeaderValues,
  IMAGE_ENGINE_OFFSET,
  IMAGE_PAGES_OFFSET,
  IMAGE_VDSO_OFFSET,
  LIBC_PATH_WORDS,
  type SignalAction,
} from "./layout.ts";
import { ACTION_WORDS, ALTERNATE_STACK_WORDS, CALL_WORDS, POINT_WORDS, SIGNALS } from "./point.ts";
import { FIRST_DESCRIPTOR, TracedEngine } from "./traced_engine.ts";

const PAGE_SIZE = 4096;
/** Under this name the executor tells what identifies the processor. */
const CPU_NAME = "tsrun-cpu";
/** libc's description of a thread begins where fs points to, and has the thread's id in this many bytes. */
const THREAD_SIZE = 1024;
const IMAGE_MODE = 0o644;
const SIG_DFL = 0n;
const SIG_IGN = 1n;

/** An image that was taken. */
export interface TakenImage {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** How many of the commands failed that the engine carried out first, to be quick at them later. */
  readonly failures: number;
}

/**
 * Take the start image of an engine: start it, let it carry out commands, and put its memory into a file beside its own,
 * in place of an older one.
 *
 * @param engine its file
 * @throws Failure if it cannot be taken; an older image stays
 */
export async function takeImage(engine: string): Promise<TakenImage> {
  if (ARCHITECTURE !== "x86_64") throw new Failure(`there are no start images on ${ARCHITECTURE}, only on x86_64`);
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interruption.abort());
  const path = `${engine}.image`;
  const temporary = `${path}.${process.pid}`;
  const directory = mkdtempSync(join(tmpdir(), "tsrun-image-"));
  let file: number | undefined;
  let traced: TracedEngine | undefined;
  try {
    file = openSync(temporary, "wx", IMAGE_MODE);
    traced = await TracedEngine.start(engine, directory, interruption.signal);
    const failures = writeImage(file, realpathSync(engine), traced);
    renameSync(temporary, path);
    return { path, size: statSync(path).size, failures };
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (cause instanceof Failure) throw cause;
    throw new Failure(`cannot take the image ${path}: ${(cause as Error).message}`, { cause });
  } finally {
    traced?.end();
    if (file !== undefined) closeSync(file);
    deleteContainers(engine, `${directory}/root`);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Delete what an engine has left that was ended before its time. @param root its state root */
function deleteContainers(engine: string, root: string): void {
  const ids = existsSync(root) ? directoryEntries(root).map(({ name }) => name) : [];
  for (const id of ids.filter((name) => !name.startsWith("."))) {
    Bun.spawnSync([engine, "--root", root, "delete", "--force", id], { argv0: "tsrun", env: {} });
  }
}

/** @returns how many commands failed */
function writeImage(file: number, engine: string, traced: TracedEngine): number {
  const { registers, rseq } = traced;
  let end = IMAGE_PAGES_OFFSET;
  const space = readAddressSpace(traced, engine, (pages) => {
    const at = end;
    writeAt(file, pages, at);
    end += pages.length;
    return at;
  });
  const call = Number(registers.rdi!);
  const point = new BigUint64Array(new Uint8Array(traced.read(call, POINT_WORDS * 8)).buffer);
  const signalsAt = CALL_WORDS + ALTERNATE_STACK_WORDS;
  const robust = new BigUint64Array(2);
  systemCall("get_robust_list", traced.pid, robust.subarray(0, 1), robust.subarray(1));
  const header = encodeHeader(
    {
      build_id: BUILD_ID,
      file_size: end,
      cpu: identifyCpu(),
      ...identifyLibc(space.libc),
      rbx: registers.rbx!,
      rbp: registers.rbp!,
      r12: registers.r12!,
      r13: registers.r13!,
      r14: registers.r14!,
      r15: registers.r15!,
      rsp: registers.rsp!,
      rip: registers.rip!,
      fs_base: registers.fs_base!,
      thread_id: findThreadId(traced),
      robust_list: robust[0]!,
      robust_list_length: robust[1]!,
      rseq: rseq.address,
      rseq_length: rseq.length,
      rseq_signature: rseq.signature,
      program_break: point[POINT_WORDS - 2]!,
      alternate_stack: point.subarray(CALL_WORDS, signalsAt),
      ...findEventLoop(traced.pid),
      call,
      vdso: space.vdso.address,
      vdso_length: space.vdso.length,
    },
    space.vvars,
    signalActions(point.subarray(signalsAt)),
    space.segments,
  );
  writeAt(file, header, 0);
  writeAt(file, firstPage(engine), IMAGE_ENGINE_OFFSET);
  writeAt(file, copyVdso(traced, space), IMAGE_VDSO_OFFSET);
  return Number(point[POINT_WORDS - 1]);
}

function copyVdso(traced: TracedEngine, { vdso }: AddressSpace): Uint8Array {
  const room = IMAGE_PAGES_OFFSET - IMAGE_VDSO_OFFSET;
  if (vdso.length < PAGE_SIZE || vdso.length > room) throw new Failure(`vdso of ${vdso.length} bytes is not expected`);
  return traced.read(vdso.address, vdso.length);
}

function firstPage(path: string): Uint8Array {
  const page = Buffer.alloc(PAGE_SIZE);
  const file = openSync(path, "r");
  readSync(file, page, 0, PAGE_SIZE, 0);
  closeSync(file);
  return page;
}

/** Where libc keeps the thread's id. @returns the address */
function findThreadId(traced: TracedEngine): number {
  const base = Number(traced.registers.fs_base!);
  const bytes = traced.read(base, THREAD_SIZE);
  const found: number[] = [];
  for (let at = 0; at < THREAD_SIZE; at += 4) {
    if (bytes.readInt32LE(at) === traced.pid) found.push(base + at);
  }
  const [address] = found;
  if (address === undefined || found.length > 1) {
    throw new Failure(`the thread's id is ${found.length} times in libc's description of the thread`);
  }
  return address;
}

/** The descriptors of the engine: there is its event loop, and nothing else. */
function findEventLoop(pid: number): { epoll: number; eventfd: number; epoll_events: bigint; epoll_data: bigint } {
  const descriptors = directoryEntries(`/proc/${pid}/fd`)
    .map(({ name }) => Number(name))
    .filter((descriptor) => descriptor >= FIRST_DESCRIPTOR)
    .map((descriptor) => ({ descriptor, what: readlinkSync(`/proc/${pid}/fd/${descriptor}`) }));
  const epoll = descriptors.find(({ what }) => what === "anon_inode:[eventpoll]")?.descriptor;
  const eventfd = descriptors.find(({ what }) => what === "anon_inode:[eventfd]")?.descriptor;
  const watched =
    epoll === undefined ? [] : [...readFileSync(`/proc/${pid}/fdinfo/${epoll}`, "latin1").matchAll(WATCHED)];
  const [, target = "", events = "", data = ""] = watched[0] ?? [];
  if (
    epoll === undefined ||
    eventfd === undefined ||
    descriptors.length !== 2 ||
    watched.length !== 1 ||
    Number(target) !== eventfd
  ) {
    const open = descriptors.map(({ descriptor, what }) => `${descriptor} (${what})`).join(", ");
    throw new Failure(`the engine has other descriptors than its event loop's: ${open}`);
  }
  return { epoll, eventfd, epoll_events: BigInt(`0x${events}`), epoll_data: BigInt(`0x${data}`) };
}

/** A descriptor that an epoll descriptor watches. @see proc_pid_fdinfo(5) */
const WATCHED = /tfd:\s*(\d+) events:\s*([0-9a-f]+) data:\s*([0-9a-f]+)/g;

/**
 * The signals that the engine handles or ignores. What it was started to ignore, by nohup(1) say, concerns who takes the
 * image, and not who uses it: execve(2) keeps that, but not the flags of a call.
 */
export function signalActions(words: BigUint64Array): SignalAction[] {
  const actions: SignalAction[] = [];
  for (let i = 0; i < SIGNALS; i++) {
    const action = words.slice(i * ACTION_WORDS, (i + 1) * ACTION_WORDS);
    const inherited = action[0] === SIG_IGN && action[1] === 0n;
    if (action[0] !== SIG_DFL && !inherited) actions.push({ number: i + 1, action });
  }
  return actions;
}

/** What the launcher will compare: an image is good for processors that can do the same. */
function identifyCpu(): BigUint64Array {
  const words = new BigUint64Array(CPU_WORDS);
  const executor = sealedMemfd(CPU_NAME, executorImage(), "execute");
  const output = openPipe();
  const pid = posixSpawnWith(
    `/proc/self/fd/${executor}`,
    [CPU_NAME],
    [],
    [output.reader, output.writer, output.writer],
  );
  closeSync(output.writer);
  const length = readSync(output.reader, new Uint8Array(words.buffer));
  for (const descriptor of [output.reader, executor]) closeSync(descriptor);
  if (waitForExit(pid) !== 0 || length !== words.byteLength) throw new Failure("cannot identify the processor");
  return words;
}

/** What the launcher will compare, too: the image has a copy of this library. */
function identifyLibc(path: string): Pick<HeaderValues, "libc_path" | "libc_size" | "libc_modified"> {
  const words = new BigUint64Array(LIBC_PATH_WORDS);
  const text = Buffer.from(path);
  if (text.length === 0 || text.length >= words.byteLength) throw new Failure(`libc at ${path} is not expected`);
  new Uint8Array(words.buffer).set(text);
  const { size, mtimeMs } = statSync(path);
  return { libc_path: words, libc_size: size, libc_modified: Math.floor(mtimeMs / 1000) };
}

function openPipe(): { reader: number; writer: number } {
  const ends = new Int32Array(2);
  systemCall("pipe2", ends, O_CLOEXEC);
  return { reader: ends[0]!, writer: ends[1]! };
}

function writeAt(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}
