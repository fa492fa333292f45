import {
  Alu,
  type Architecture,
  CODE_ADDRESS,
  Condition,
  DATA_ADDRESS,
  type Data,
  ENTRY_REGISTER,
  type ErrorTable,
  INSTRUCTION_SIZE,
  type Instruction,
  type Label,
  Op,
  type Operand,
  type Program,
  REGISTER_COUNT,
  REPORT_REGISTER,
  REPORT_SIZE,
  type Register,
  Report,
} from "./instruction.ts";
import { syscallNumber } from "./syscalls.ts";

/** What happens when a system call fails; without any of these the program stops and reports the call. */
export interface ErrorPolicy {
  /** These errnos are passed over: the next instruction follows. */
  readonly ignore?: readonly number[];
  /** Errno (0: any) to the place where the program goes on. */
  readonly on?: ErrorTable;
  /** Every errno is passed over; the result register holds it. */
  readonly ignoreAll?: boolean;
  /** The sentence that tells of the failure in place of the call's own. */
  readonly failure?: string;
}

const encoder = new TextEncoder();
const ROOM_AT_FIRST = 16384;
const SMALLEST_PAGE = 4096;

/**
 * Builds a program: a call of a method appends the instruction of that name. Text and structs are laid out in the data
 * area as they are mentioned; equal texts are stored once.
 *
 * @example
 * const p = new ProgramBuilder("x86_64");
 * p.at("/root/path", () => p.call("chdir", [p.text("/bundle/rootfs")]));
 */
export class ProgramBuilder {
  readonly architecture: Architecture;
  /** The descriptor to which a failure is reported; a program may move another one there. */
  readonly report: Register = { register: REPORT_REGISTER };
  readonly #instructions: Instruction[] = [];
  readonly #texts = new Map<string, Data>();
  #data = new Uint8Array(ROOM_AT_FIRST);
  #dataLength = 0;
  #origin = "";
  readonly #registersInUse = new Uint8Array(REGISTER_COUNT);
  #message: Data | undefined;

  constructor(architecture: Architecture) {
    this.architecture = architecture;
    this.#registersInUse[REPORT_REGISTER] = 1;
    this.#registersInUse[ENTRY_REGISTER] = 1;
  }

  /** Give everything that `build` appends this origin: a JSON Pointer into config.json, or a name such as `default/dev`. */
  at<T>(origin: string, build: () => T): T {
    const outer = this.#origin;
    this.#origin = origin;
    const result = build();
    this.#origin = outer;
    return result;
  }

  /** How many instructions there are so far, which is the index of the next one. */
  get length(): number {
    return this.#instructions.length;
  }

  // Data

  /** The text, NUL-terminated, in the data area. */
  text(text: string): Data {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const length = text.length * 3 + 1;
    const offset = this.#reserve(length, 1);
    const { written } = encoder.encodeInto(text, this.#data.subarray(offset, offset + length));
    this.#dataLength = offset + written + 1;
    const data = { data: offset, text };
    this.#texts.set(text, data);
    return data;
  }

  /** These bytes in the data area. */
  bytes(bytes: Uint8Array, alignment = 8): Data {
    const data = this.space(bytes.length, alignment);
    this.#data.set(bytes, data.data);
    return data;
  }

  /** `size` zero bytes in the data area. */
  space(size: number, alignment = 8): Data {
    return { data: this.#reserve(size, alignment) };
  }

  /** Unsigned 32-bit integers, one after the other. */
  words(values: readonly number[]): Data {
    const data = this.space(values.length * 4);
    new Uint32Array(this.#data.buffer, data.data, values.length).set(values);
    return data;
  }

  /** 64-bit integers and addresses of data, one after the other. */
  longs(values: readonly (number | bigint | Data)[]): Data {
    const data = this.space(values.length * 8);
    const words = new Uint32Array(this.#data.buffer, data.data, values.length * 2);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (typeof value === "bigint") {
        words[i * 2] = Number(value & 0xffff_ffffn);
        words[i * 2 + 1] = Number((value >> 32n) & 0xffff_ffffn);
      } else {
        const number = typeof value === "number" ? value : DATA_ADDRESS + value.data;
        words[i * 2] = number;
        words[i * 2 + 1] = (number - (number >>> 0)) / 2 ** 32;
      }
    }
    return data;
  }

  /** A NULL-terminated array of pointers to the texts, as execve(2) takes it. */
  textArray(texts: readonly string[]): Data {
    return this.longs([...texts.map((text) => this.text(text)), 0]);
  }

  /** The place `offset` bytes further on. */
  within(data: Data, offset: number): Data {
    return { data: data.data + offset };
  }

  // Registers

  /** A register of one's own, until `release`. */
  register(): Register {
    const register = this.#registersInUse.indexOf(0);
    if (register < 0) {
      throw new RangeError(`a program has ${REGISTER_COUNT} registers, and all are in use at ${this.#origin}`);
    }
    this.#registersInUse[register] = 1;
    return { register };
  }

  release(...registers: readonly Register[]): void {
    for (const { register } of registers) this.#registersInUse[register] = 0;
  }

  /** Hand `use` a register that is free again afterwards. */
  withRegister<T>(use: (register: Register) => T): T {
    const register = this.register();
    const result = use(register);
    this.release(register);
    return result;
  }

  // Instructions

  /** A system call by name, its result dropped. */
  call(name: string, args: readonly Operand[], policy?: ErrorPolicy): void {
    this.#appendCall(name, args, undefined, policy);
  }

  /** A system call by name, its result in `destination`. */
  callTo(destination: Register, name: string, args: readonly Operand[], policy?: ErrorPolicy): Register {
    this.#appendCall(name, args, destination, policy);
    return destination;
  }

  /** A system call that makes a descriptor, which `closing` or `close` gives back. */
  open(name: string, args: readonly Operand[], policy?: ErrorPolicy): Register {
    return this.callTo(this.register(), name, args, policy);
  }

  /** Close a descriptor, and free its register. */
  close(descriptor: Register): void {
    this.call("close", [descriptor], { ignoreAll: true });
    this.release(descriptor);
  }

  /** A call that the kernel may interrupt, taken up again each time it is. */
  uninterrupted(destination: Register, name: string, args: readonly Operand[], policy: ErrorPolicy = {}): Register {
    const again = this.here();
    const EINTR = 4;
    return this.callTo(destination, name, args, { ...policy, on: [[EINTR, again], ...(policy.on ?? [])] });
  }

  label(): Label {
    return { index: -1 };
  }

  /** This label stands here. */
  place(label: Label): void {
    label.index = this.#instructions.length;
  }

  here(): Label {
    return { index: this.#instructions.length };
  }

  /**
   * Play the same instructions for each entry of a table: to encode them once takes a fraction of what they take each.
   * One loop does not stand in another. In the origin of a failure ANY_ENTRY becomes the entry's number.
   *
   * @param build is called once, with the register that holds the entry: a number, or a text's address
   */
  forEach(entries: readonly (number | Data)[], build: (entry: Register) => void): void {
    if (entries.length === 0) return;
    const counter: Register = { register: ENTRY_REGISTER };
    const table = { ...this.longs(entries), table: entries.map((e) => (typeof e === "number" ? e : (e.text ?? ""))) };
    this.move(counter, 0);
    const again = this.here();
    this.withRegister((entry) => {
      this.compute(entry, counter, "ShiftLeft", 3);
      this.compute(entry, entry, "Add", table);
      this.load(entry, entry, 8);
      build(entry);
    });
    this.compute(counter, counter, "Add", 1);
    this.branch(counter, "Less", entries.length, again);
    this.move(counter, 0);
  }

  jump(target: Label): void {
    this.#append(Op.Jump, [], undefined, undefined, target);
  }

  /** Go to `target` if `left` compares with `right` as the condition says. */
  branch(left: Operand, condition: keyof typeof Condition, right: Operand, target: Label): void {
    this.#append(Op.Branch, [left, right], undefined, Condition[condition], target);
  }

  move(destination: Register, value: Operand): void {
    this.#append(Op.Move, [value], destination);
  }

  compute(destination: Register, left: Operand, operation: keyof typeof Alu, right: Operand): void {
    this.#append(Op.Alu, [left, right], destination, Alu[operation]);
  }

  load(destination: Register, address: Operand, width: 1 | 2 | 4 | 8): void {
    this.#append(Op.Load, [address], destination, width);
  }

  store(address: Operand, value: Operand, width: 1 | 2 | 4 | 8): void {
    this.#append(Op.Store, [address, value], undefined, width);
  }

  /** Stop here, and report this as the failure. */
  fail(errno: Operand, failure?: string): void {
    this.#append(Op.Fail, [errno], undefined, undefined, undefined, failure);
  }

  /** End the process. */
  exit(status: Operand): void {
    this.call("exit_group", [status]);
  }

  /** Tell the host side (Report.Process, Waiting, Ready). */
  tell(kind: number, value: Operand = 0): void {
    const message = this.#reportMessage();
    this.store(message, kind, 4);
    this.store(this.within(message, 8), value, 8);
    this.call("write", [this.report, message, REPORT_SIZE]);
  }

  /** Tell the host side that the process waits before `step`, and wait; end if the host side is gone. */
  waitForHost(step: Operand): void {
    this.withRegister((received) => this.askHost(step, this.#reportMessage(), REPORT_SIZE, received));
  }

  /** The same, with an answer of at most `size` bytes, whose length is then in `received`. */
  askHost(step: Operand, answer: Data, size: number, received: Register): void {
    this.tell(Report.Waiting, step);
    this.#awaitAnswer(answer, size, received);
  }

  /** Wait for the host side's answer without having told that this process waits: another does. */
  waitForAnswer(): void {
    this.withRegister((received) => this.#awaitAnswer(this.#reportMessage(), REPORT_SIZE, received));
  }

  /** Give back the memory of all instructions before this one, to none of which the program may go any more. */
  forget(): void {
    // From the second page on, so that a kernel with larger pages refuses the address, and does not round the length up.
    const end = (this.length * INSTRUCTION_SIZE) & -SMALLEST_PAGE;
    if (end <= SMALLEST_PAGE) return;
    this.call("munmap", [CODE_ADDRESS + SMALLEST_PAGE, end - SMALLEST_PAGE], { ignoreAll: true });
  }

  build(): Program {
    return {
      architecture: this.architecture,
      instructions: this.#instructions,
      data: this.#data.subarray(0, this.#dataLength),
    };
  }

  #awaitAnswer(answer: Data, size: number, received: Register): void {
    const goOn = this.label();
    this.uninterrupted(received, "read", [this.report, answer, size]);
    this.branch(received, "Greater", 0, goOn);
    this.exit(1);
    this.place(goOn);
  }

  #reportMessage(): Data {
    this.#message ??= this.space(REPORT_SIZE);
    return this.#message;
  }

  #append(
    op: Op,
    args: readonly Operand[],
    destination?: Register,
    variant?: number,
    target?: Label,
    failure?: string,
  ): void {
    const origin = this.#origin;
    this.#instructions.push({
      op,
      args,
      origin,
      destination,
      variant,
      target,
      failure,
      name: undefined,
      number: undefined,
      errors: undefined,
      ignoresErrors: undefined,
    });
  }

  #appendCall(name: string, args: readonly Operand[], destination: Register | undefined, policy?: ErrorPolicy): void {
    this.#instructions.push({
      op: Op.Syscall,
      args,
      origin: this.#origin,
      destination,
      variant: undefined,
      target: undefined,
      failure: policy?.failure,
      name,
      number: syscallNumber(this.architecture, name),
      errors: policy === undefined ? undefined : this.#errorTable(policy),
      ignoresErrors: policy?.ignoreAll,
    });
  }

  #errorTable({ ignore, on }: ErrorPolicy): ErrorTable | undefined {
    if (ignore === undefined) return on;
    const next = { index: this.#instructions.length + 1 };
    const ignored = ignore.map((errno): readonly [number, Label] => [errno, next]);
    return on === undefined ? ignored : [...ignored, ...on];
  }

  /** @param alignment a power of two */
  #reserve(size: number, alignment: number): number {
    const offset = (this.#dataLength + alignment - 1) & -alignment;
    const end = offset + size;
    if (end > this.#data.length) {
      const larger = new Uint8Array(Math.max(end, this.#data.length * 2));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#dataLength = end;
    return offset;
  }
}
