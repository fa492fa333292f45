/*
 * The player: verifies a program, then plays it. It knows nothing of containers; see lib/program/instruction.ts for
 * what an instruction does.
 */
#include "executor.h"
#include "system_call.h"

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 2
#define MAP_ANONYMOUS 0x20
#define MAP_POPULATE 0x8000
#define MAP_FIXED_NOREPLACE 0x100000
#define CLOCK_MONOTONIC 1
#define EINTR 4
#define EFAULT 14
#define ENOEXEC 8
#define STATUS_FAILED 1
#define STATUS_REFUSED 2
/* More than the longest life cycle program plays: one that goes round and round ends. */
#define MOST_STEPS_OF_KEPT (1U << 20)

/*
 * The system calls of lib/compile/life_cycle, and whose they are. A kept program with another is refused: whatever stands
 * in that file, it becomes no other program and no other user, and gets at no other process but by its descriptor.
 */
static const struct {
  u32 number;
  u32 commands;
} CALLS_OF_KEPT[] = {
    {NR_read, EVERY_COMMAND},
    {NR_openat, EVERY_COMMAND},
    {NR_close, EVERY_COMMAND},
    {NR_exit_group, EVERY_COMMAND},
    {NR_flock, COMMAND_START | COMMAND_DELETE},
    {NR_statx, COMMAND_START | COMMAND_DELETE},
    {NR_unlinkat, COMMAND_START | COMMAND_DELETE},
    {NR_socket, COMMAND_START},
    {NR_fchdir, COMMAND_START},
    {NR_connect, COMMAND_START},
    {NR_recvfrom, COMMAND_START},
    {NR_fcntl, COMMAND_START},
    {NR_faccessat, COMMAND_STATE},
    {NR_write, COMMAND_STATE},
    {NR_pidfd_open, COMMAND_KILL},
    {NR_pidfd_send_signal, COMMAND_KILL},
};

struct program {
  struct header header;
  const struct instruction *instructions;
  const struct error_entry *errors;
  /* The command that it carries out instead of the engine, if it was kept in a file for that; 0 if not. */
  u32 kept_for;
};

/* Where a program came to its end, or REFUSED. */
struct failure {
  u32 instruction;
  i64 error;
};

static u32 argument_count(const struct instruction *it) {
  switch (it->op) {
    case OP_SYSCALL: return ARGUMENT_COUNT;
    case OP_BRANCH:
    case OP_ALU:
    case OP_STORE: return 2;
    case OP_MOVE:
    case OP_LOAD:
    case OP_FAIL: return 1;
    default: return 0;
  }
}

static int is_call_of(u32 command, u32 number) {
  for (u32 i = 0; i < sizeof CALLS_OF_KEPT / sizeof *CALLS_OF_KEPT; i++) {
    if (CALLS_OF_KEPT[i].number == number) return (CALLS_OF_KEPT[i].commands & command) != 0;
  }
  return 0;
}

static int is_width(u8 variant) { return variant == 1 || variant == 2 || variant == 4 || variant == 8; }

/* Whether one instruction refers only to what is there. A pointer may point just behind the data, as in C. */
static int is_sound(const struct instruction *it, const struct header *header) {
  u32 count = argument_count(it);
  if (it->reserved != 0 || it->argument_kinds >> (2 * count) != 0) return 0;
  for (u32 i = 0; i < count; i++) {
    u32 kind = it->argument_kinds >> (2 * i) & 3;
    if (kind == ARGUMENT_REGISTER && it->arguments[i] >= REGISTER_COUNT) return 0;
    if (kind == ARGUMENT_DATA && it->arguments[i] > header->data_length) return 0;
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

static int is_sound_entry(const struct error_entry *entry, const struct header *header) {
  return entry->reserved == 0 && entry->error <= HIGHEST_ERRNO && entry->target < header->instruction_count;
}

static int is_sound_header(const struct header *header, u32 kept) {
  for (u32 i = 0; i < sizeof header->reserved / sizeof *header->reserved; i++) {
    if (header->reserved[i] != 0) return 0;
  }
  int has_fault = header->fault_at != 0;
  if (has_fault != (header->fault_errno != 0)) return 0;
  if (kept && (has_fault || header->trace_descriptor != -1)) return 0;
  if (header->build_id != (kept ? BUILD_ID : 0)) return 0;
  return header->magic == PROGRAM_MAGIC && header->version == PROGRAM_VERSION && header->instruction_count > 0 &&
         header->fault_at <= header->instruction_count && header->fault_errno <= HIGHEST_ERRNO;
}

/* The size of the file; 0 if it cannot be told. */
static u64 file_size(int descriptor) {
  u64 stat[32];
  return is_error(CALL2(NR_fstat, descriptor, stat)) ? 0 : stat[STAT_SIZE_OFFSET / sizeof *stat];
}

/* Read exactly this part of the file. Returns 0 if it is not there. */
static int read_part(int descriptor, void *to, u64 size, u64 offset) {
  while (size > 0) {
    i64 got = system_call(NR_pread64, (u64)descriptor, (u64)to, size, offset, 0, 0);
    if (got == -EINTR) continue;
    if (got <= 0) return 0;
    to = (u8 *)to + got;
    offset += (u64)got;
    size -= (u64)got;
  }
  return 1;
}

/*
 * A copy of this part of the file at a fixed address. Copied and not mapped, so that the file is gone from memory once
 * the program is loaded, and a program can give back what it does not need any more.
 */
static int place(int descriptor, u64 address, u64 size, u64 offset) {
  if (size == 0) return 1;
  i64 mapped = system_call(NR_mmap, address, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_POPULATE, (u64)-1, 0);
  return mapped == (i64)address && read_part(descriptor, (void *)address, size, offset);
}

/* CRC-32, as zlib has it, four bits at a time: `sum` is that of the parts before this one, 0 at first. */
static u32 checksum(u32 sum, const void *part, u64 size) {
  static const u32 of_bits[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                  0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                  0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  sum = ~sum;
  for (const u8 *byte = part; size > 0; size--) {
    sum ^= *byte++;
    sum = sum >> 4 ^ of_bits[sum & 15];
    sum = sum >> 4 ^ of_bits[sum & 15];
  }
  return ~sum;
}

/* Whether a program that lay in a file is the one that was written there. */
static int is_whole(const struct header *header, u64 code_size) {
  struct header unsigned_header = *header;
  unsigned_header.checksum = 0;
  u32 sum = checksum(0, &unsigned_header, sizeof unsigned_header);
  sum = checksum(sum, (const void *)CODE_ADDRESS, code_size);
  return checksum(sum, (const void *)DATA_ADDRESS, header->data_length) == header->checksum;
}

/*
 * Load a program, and check all of it before anything of it is played. One that was kept in a file must be of this very
 * build, and whole. Returns 0 if it is refused.
 */
static int load(struct program *program, int descriptor, u32 kept_for) {
  struct header *header = &program->header;
  if (!read_part(descriptor, header, sizeof *header, 0) || !is_sound_header(header, kept_for)) return 0;
  u64 instructions_size = (u64)header->instruction_count * sizeof(struct instruction);
  u64 code_size = instructions_size + (u64)header->error_count * sizeof(struct error_entry);
  if (file_size(descriptor) != sizeof *header + code_size + header->data_length) return 0;
  if (code_size > DATA_ADDRESS - CODE_ADDRESS) return 0;
  if (!place(descriptor, CODE_ADDRESS, code_size, sizeof *header)) return 0;
  if (!place(descriptor, DATA_ADDRESS, header->data_length, sizeof *header + code_size)) return 0;
  if (kept_for ? !is_whole(header, code_size) : header->checksum != 0) return 0;
  if (is_error(CALL3(NR_mprotect, CODE_ADDRESS, code_size, PROT_READ))) return 0;
  program->kept_for = kept_for;
  program->instructions = (const struct instruction *)CODE_ADDRESS;
  program->errors = (const struct error_entry *)(CODE_ADDRESS + instructions_size);
  for (u32 i = 0; i < header->instruction_count; i++) {
    const struct instruction *it = &program->instructions[i];
    if (!is_sound(it, header) || (kept_for && it->op == OP_SYSCALL && !is_call_of(kept_for, it->number))) return 0;
  }
  for (u32 i = 0; i < header->error_count; i++) {
    if (!is_sound_entry(&program->errors[i], header)) return 0;
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

/* Whether so many bytes from this address on may be touched: by a kept program, those of its data alone. */
static int is_reachable(const struct program *program, u64 address, u8 width) {
  u32 length = program->header.data_length;
  if (!program->kept_for) return 1;
  return address >= DATA_ADDRESS && length >= width && address - DATA_ADDRESS <= length - width;
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

/* Play until it fails, or ends the process. */
static struct failure run(const struct program *program, u64 *registers) {
  const struct header *header = &program->header;
  u32 steps = 0;
  for (u32 at = 0, next;; at = next) {
    if (at >= header->instruction_count) return (struct failure){REFUSED, ENOEXEC};
    if (program->kept_for && steps++ == MOST_STEPS_OF_KEPT) return (struct failure){REFUSED, ENOEXEC};
    const struct instruction *it = &program->instructions[at];
    u64 arguments[ARGUMENT_COUNT];
    for (u32 i = 0; i < ARGUMENT_COUNT; i++) {
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
          next = after_error(program, it, next, -result);
          if (next == REFUSED) return (struct failure){at, -result};
        }
        break;
      }
      case OP_JUMP: next = it->number; break;
      case OP_BRANCH:
        if (holds(it->variant, (i64)arguments[0], (i64)arguments[1])) next = it->number;
        break;
      case OP_MOVE: registers[it->destination] = arguments[0]; break;
      case OP_ALU: registers[it->destination] = compute(it->variant, arguments[0], arguments[1]); break;
      case OP_LOAD:
        if (!is_reachable(program, arguments[0], it->variant)) return (struct failure){at, EFAULT};
        registers[it->destination] = load_from(arguments[0], it->variant);
        break;
      case OP_STORE:
        if (!is_reachable(program, arguments[0], it->variant)) return (struct failure){at, EFAULT};
        store_to(arguments[0], arguments[1], it->variant);
        break;
      case OP_FAIL: return (struct failure){at, (i64)arguments[0]};
    }
  }
}

/* Tell of a failure, and at which entry of a loop it was. */
static _Noreturn void report_failure(i64 descriptor, struct failure failure, u32 entry) {
  struct report report = {REPORT_FAILED, failure.instruction, (u32)failure.error | (i64)entry << 32};
  CALL3(NR_write, descriptor, &report, sizeof report);
  exit_group(failure.instruction == REFUSED ? STATUS_REFUSED : STATUS_FAILED);
}

_Noreturn void play(int code, int report) {
  struct program program;
  u64 registers[REGISTER_COUNT] = {0};
  registers[REPORT_REGISTER] = (u64)(i64)report;
  if (!load(&program, code, 0)) report_failure(report, (struct failure){REFUSED, ENOEXEC}, 0);
  CALL1(NR_close, code);
  struct failure failure = run(&program, registers);
  report_failure((i64)registers[REPORT_REGISTER], failure, (u32)registers[ENTRY_REGISTER]);
}

void attempt(u32 command, int code, u64 *registers) {
  struct program program;
  if (load(&program, code, command)) run(&program, registers);
}
