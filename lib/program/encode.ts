import {
  ArgumentKind,
  DATA_ADDRESS,
  ERROR_ENTRY_SIZE,
  ErrorMode,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  type Instruction,
  type Operand,
  PROGRAM_MAGIC,
  PROGRAM_VERSION,
  type Program,
} from "./instruction.ts";
export interface EncodeOptions {
  readonly faultAt?: number;
  readonly faultErrno?: number;
  readonly traceDescriptor?: number;
}
export function encodeProgram(program: Program, options: EncodeOptions = {}): Uint8Array {
  const { instructions, data } = program;
  let entries = 0;
  for (const i of instructions) entries += i.errors?.length ?? 0;
  const tables = HEADER_SIZE + instructions.length * INSTRUCTION_SIZE;
  const dataOffset = Math.ceil((tables + entries * ERROR_ENTRY_SIZE) / 4096) * 4096;
  const bytes = new Uint8Array(dataOffset + data.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, PROGRAM_MAGIC, true);
  view.setUint32(HEADER.version, PROGRAM_VERSION, true);
  view.setUint32(HEADER.instructionCount, instructions.length, true);
  view.setUint32(HEADER.errorCount, entries, true);
  view.setUint32(HEADER.dataLength, data.length, true);
  view.setUint32(HEADER.faultAt, options.faultAt === undefined ? 0 : options.faultAt + 1, true);
  view.setUint32(HEADER.faultErrno, options.faultErrno ?? 0, true);
  view.setInt32(HEADER.traceDescriptor, -1, true);
  view.setUint32(36, dataOffset, true);
  bytes.set(data, dataOffset);
  let at = HEADER_SIZE,
    entry = 0;
  for (const i of instructions) {
    view.setUint8(at, i.op);
    view.setUint8(at + 1, i.destination?.register ?? 255);
    view.setUint8(at + 2, i.errors ? ErrorMode.Table : i.ignoresErrors ? ErrorMode.Continue : ErrorMode.Fail);
    view.setUint8(at + 3, i.variant ?? 0);
    let kinds = 0;
    i.args.forEach((arg: Operand, k: number) => {
      if (typeof arg === "number" || typeof arg === "bigint")
        view.setBigInt64(at + 16 + k * 8, BigInt.asIntN(64, BigInt(arg)), true);
      else if ("register" in arg) {
        kinds |= ArgumentKind.Register << (2 * k);
        view.setUint32(at + 16 + k * 8, arg.register, true);
      } else {
        kinds |= ArgumentKind.Data << (2 * k);
        view.setUint32(at + 16 + k * 8, arg.data, true);
      }
    });
    view.setUint16(at + 4, kinds, true);
    view.setUint32(at + 8, i.target?.index ?? i.number ?? 0, true);
    view.setUint32(at + 12, (entry << 8) | (i.errors?.length ?? 0), true);
    for (const [errno, target] of i.errors ?? []) {
      view.setUint16(tables + entry * 8, errno, true);
      view.setUint32(tables + entry * 8 + 4, target.index, true);
      entry++;
    }
    at += INSTRUCTION_SIZE;
  }
  return bytes;
}
void DATA_ADDRESS;
void ({} as Instruction);
