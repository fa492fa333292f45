/* The encoded form of a program, as lib/program/instruction.ts describes it. A unit test compares the two. */
#ifndef PROGRAM_H
#define PROGRAM_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int i32;
typedef long i64;

#define PROGRAM_MAGIC 0x6e75727374UL
#define PROGRAM_VERSION 1
#define CODE_ADDRESS 0x100000000UL
#define DATA_ADDRESS 0x200000000UL
#define REGISTER_COUNT 64
#define REPORT_REGISTER 0
#define ENTRY_REGISTER 63
/* What a life cycle program gets from the launcher, and gives back. */
#define DIRECTORY_REGISTER 1
#define ROOT_REGISTER 2
#define SIGNAL_REGISTER 3
#define CONNECTION_REGISTER 4
#define NO_REGISTER 0xff
#define ARGUMENT_COUNT 6
#define HIGHEST_ERRNO 4095

struct header {
  u64 magic;
  u32 version;
  u32 instruction_count;
  u32 error_count;
  u32 data_length;
  u32 fault_at;
  u32 fault_errno;
  i32 trace_descriptor;
  u32 build_id;
  u32 checksum;
  u32 reserved[5];
};

struct instruction {
  u8 op;
  u8 destination;
  u8 error_mode;
  u8 variant;
  u16 argument_kinds;
  u16 reserved;
  u32 number; /* the system call's, or the target */
  u32 errors; /* first entry << 8 | count */
  u64 arguments[6];
};

struct error_entry {
  u16 error;
  u16 reserved;
  u32 target;
};

struct report {
  u32 kind;
  u32 instruction;
  i64 value;
};

struct trace_record {
  u32 pid;
  u32 instruction;
  u64 nanoseconds;
};

enum op { OP_SYSCALL = 1, OP_JUMP = 2, OP_BRANCH = 3, OP_MOVE = 4, OP_ALU = 5, OP_LOAD = 6, OP_STORE = 7, OP_FAIL = 8 };
enum condition { IF_EQUAL = 0, IF_NOT_EQUAL = 1, IF_LESS = 2, IF_LESS_EQUAL = 3, IF_GREATER = 4, IF_GREATER_EQUAL = 5 };
enum alu { ALU_ADD = 0, ALU_SUBTRACT = 1, ALU_AND = 2, ALU_OR = 3, ALU_SHIFT_LEFT = 4, ALU_SHIFT_RIGHT = 5 };
enum argument_kind { ARGUMENT_IMMEDIATE = 0, ARGUMENT_DATA = 1, ARGUMENT_REGISTER = 2 };
enum error_mode { ERROR_FAIL = 0, ERROR_CONTINUE = 1, ERROR_TABLE = 2 };

#define REPORT_FAILED 1
/* In place of an instruction: the program as a whole was refused. */
#define REFUSED 0xffffffffU

#endif
