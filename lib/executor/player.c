/*
 * The player: verifies a program, then plays it. It knows nothing of containers; see lib/program/instruction.ts for
 * what an instruction does.
 */
#include "executor.h"
#include "system_call.h"

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 2
#define MAP_FIXED_NOREPLACE 0x100000
#define CLOCK_MONOTONIC 1
#define ENOEXEC 8
#define STATUS_FAILED 1
#define STATUS_REFUSED 2

struct program {
  /* A copy: a program may unmap what it has played. */
  struct header header;
  const struct instruction *instructions;
  const struct error_entry *errors;
};

static _Noreturn void report_failure(i64 descriptor, u32 instruction, i64 error, int status) {
  struct report report = {REPORT_FAILED, instruction, error};
  CALL3(NR_write, descriptor, &report, sizeof report);
  exit_group(status);
}

static u32 argument_count(const struct instruction *it) {
  switch (it->op) {
    case OP_SYSCALL: return 6;
    case OP_BRANCH:
    case OP_ALU:
    case OP_STORE: return 2;
    case OP_MOVE:
    case OP_LOAD:
    case OP_FAIL: return 1;
    default: return 0;
  }
}

static int is_width(u8 variant) { return variant == 1 || variant == 2 || variant == 4 || variant == 8; }

/* Whether one instruction refers only to what is there. */
static int is_sound(const struct instruction *it, const struct header *header) {
  u32 count = argument_count(it);
  for (u32 i = 0; i < count; i++) {
    u32 kind = it->argument_kinds >> (2 * i) & 3;
    if (kind == ARGUMENT_REGISTER && it->arguments[i] >= REGISTER_COUNT) return 0;
    if (kind == ARGUMENT_DATA && it->arguments[i] >= header->data_length) return 0;
    if (kind > ARGUMENT_REGISTER) return 0;
  }
  int has_destination = it->destination < REGISTER_COUNT;
  if (!has_destination && it->destination != NO_REGISTER) return 0;
  switch (it->op) {
    case OP_SYSCALL: {
      u32 first = it->errors >> 8, entries = it->errors & 0xff;
      if (it->error_mode > ERROR_TABLE) return 0;
      return it->error_mode != ERROR_TABLE || (first <= header->error_count && entries <= header->error_count - first);
    }
    case OP_JUMP: return it->number < header->instruction_count;
    case OP_BRANCH: return it->variant <= IF_GREATER_EQUAL && it->number < header->instruction_count;
    case OP_MOVE: return has_destination;
    case OP_ALU: return has_destination && it->variant <= ALU_SHIFT_RIGHT;
    case OP_LOAD: return has_destination && is_width(it->variant);
    case OP_STORE: return is_width(it->variant);
    case OP_FAIL: return 1;
    default: return 0;
  }
}

/* The end of the tables in the file, where the data begins once rounded up; 0 if they do not fit. */
static u64 tables_end(const struct header *header, u64 size) {
  u64 end = sizeof *header + (u64)header->instruction_count * sizeof(struct instruction) +
            (u64)header->error_count * sizeof(struct error_entry);
  return end <= size ? end : 0;
}

/* Map a program and check all of it before anything of it is played. Returns 0 if it is not whole. */
static int load(struct program *program, int descriptor) {
  u64 stat[32];
  if (is_error(CALL2(NR_fstat, descriptor, stat))) return 0;
  u64 size = stat[STAT_SIZE_OFFSET / sizeof *stat];
  if (size < sizeof(struct header)) return 0;
  i64 base = system_call(NR_mmap, CODE_ADDRESS, size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, descriptor, 0);
  if (base != (i64)CODE_ADDRESS) return 0;
  const struct header *header = (const struct header *)base;
  if (header->magic != PROGRAM_MAGIC || header->version != PROGRAM_VERSION || header->instruction_count == 0) return 0;
  u64 end = tables_end(header, size);
  if (end == 0) return 0;
  u64 data = (end + DATA_ALIGNMENT - 1) & -(u64)DATA_ALIGNMENT;
  if (header->data_length > 0) {
    if (data > size || header->data_length > size - data) return 0;
    i64 mapped = system_call(NR_mmap, DATA_ADDRESS, header->data_length, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_FIXED_NOREPLACE, descriptor, data);
    if (mapped != (i64)DATA_ADDRESS) return 0;
  }
  program->header = *header;
  program->instructions = (const struct instruction *)(header + 1);
  program->errors = (const struct error_entry *)(program->instructions + header->instruction_count);
  for (u32 i = 0; i < header->instruction_count; i++) {
    if (!is_sound(&program->instructions[i], header)) return 0;
  }
  for (u32 i = 0; i < header->error_count; i++) {
    if (program->errors[i].target >= header->instruction_count) return 0;
  }
  return 1;
}

static void trace(i32 descriptor, u32 instruction) {
  u64 now[2];
  CALL2(NR_clock_gettime, CLOCK_MONOTONIC, now);
  struct trace_record record = {(u32)CALL1(NR_getpid, 0), instruction, now[0] * 1000000000UL + now[1]};
  CALL3(NR_write, descriptor, &record, sizeof record);
}

static int holds(u8 condition, i64 left, i64 right) {
  switch (condition) {
    case IF_EQUAL: return left == right;
    case IF_NOT_EQUAL: return left != right;
    case IF_LESS: return left < right;
    case IF_LESS_EQUAL: return left <= right;
    case IF_GREATER: return left > right;
    default: return left >= right;
  }
}

static u64 compute(u8 operation, u64 left, u64 right) {
  switch (operation) {
    case ALU_ADD: return left + right;
    case ALU_SUBTRACT: return left - right;
    case ALU_AND: return left & right;
    case ALU_OR: return left | right;
    case ALU_SHIFT_LEFT: return right < 64 ? left << right : 0;
    default: return right < 64 ? left >> right : 0;
  }
}

static u64 load_from(u64 address, u8 width) {
  switch (width) {
    case 1: return *(const volatile u8 *)address;
    case 2: return *(const volatile u16 *)address;
    case 4: return *(const volatile u32 *)address;
    default: return *(const volatile u64 *)address;
  }
}

static void store_to(u64 address, u64 value, u8 width) {
  switch (width) {
    case 1: *(volatile u8 *)address = (u8)value; break;
    case 2: *(volatile u16 *)address = (u16)value; break;
    case 4: *(volatile u32 *)address = (u32)value; break;
    default: *(volatile u64 *)address = value;
  }
}

/* Where to go on after a failed system call; REFUSED if nowhere. */
static u32 after_error(const struct program *program, const struct instruction *it, u32 next, i64 error) {
  if (it->error_mode == ERROR_CONTINUE) return next;
  if (it->error_mode == ERROR_TABLE) {
    const struct error_entry *entry = program->errors + (it->errors >> 8);
    for (u32 left = it->errors & 0xff; left > 0; left--, entry++) {
      if (entry->error == 0 || entry->error == error) return entry->target;
    }
  }
  return REFUSED;
}

_Noreturn void play(int code, int report) {
  struct program program;
  u64 registers[REGISTER_COUNT] = {0};
  registers[REPORT_REGISTER] = (u64)(i64)report;
  if (!load(&program, code)) report_failure(report, REFUSED, ENOEXEC, STATUS_REFUSED);
  CALL1(NR_close, code);
  const struct header *header = &program.header;
  for (u32 at = 0, next;; at = next) {
    if (at >= header->instruction_count) report_failure((i64)registers[REPORT_REGISTER], REFUSED, ENOEXEC, STATUS_REFUSED);
    const struct instruction *it = &program.instructions[at];
    u64 arguments[6];
    for (u32 i = 0; i < 6; i++) {
      u64 raw = it->arguments[i];
      u32 kind = it->argument_kinds >> (2 * i) & 3;
      arguments[i] = kind == ARGUMENT_REGISTER ? registers[raw & (REGISTER_COUNT - 1)]
                     : kind == ARGUMENT_DATA   ? DATA_ADDRESS + raw
                                               : raw;
    }
    if (header->trace_descriptor >= 0) trace(header->trace_descriptor, at);
    next = at + 1;
    switch (it->op) {
      case OP_SYSCALL: {
        i64 result = header->fault_at == at + 1 ? -(i64)header->fault_errno
                                                : system_call(it->number, arguments[0], arguments[1], arguments[2],
                                                              arguments[3], arguments[4], arguments[5]);
        if (it->destination != NO_REGISTER) registers[it->destination] = (u64)result;
        if (is_error(result)) {
          next = after_error(&program, it, next, -result);
          if (next == REFUSED) report_failure((i64)registers[REPORT_REGISTER], at, -result, STATUS_FAILED);
        }
        break;
      }
      case OP_JUMP: next = it->number; break;
      case OP_BRANCH:
        if (holds(it->variant, (i64)arguments[0], (i64)arguments[1])) next = it->number;
        break;
      case OP_MOVE: registers[it->destination] = arguments[0]; break;
      case OP_ALU: registers[it->destination] = compute(it->variant, arguments[0], arguments[1]); break;
      case OP_LOAD: registers[it->destination] = load_from(arguments[0], it->variant); break;
      case OP_STORE: store_to(arguments[0], arguments[1], it->variant); break;
      case OP_FAIL: report_failure((i64)registers[REPORT_REGISTER], at, (i64)arguments[0], STATUS_FAILED);
    }
  }
}
