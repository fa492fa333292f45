/*
 * Plays changed life cycle programs by the million, in one process and without a kernel: the player is compiled in with
 * sanitizers, and what it calls is answered here, at random. A call that the command's programs do not have, an access
 * that the sanitizers object to, or a program that does not end, ends this with a failure.
 *
 *   player_fuzz COMMAND PROGRAM SEED ROUNDS      COMMAND: one of the COMMAND_... numbers
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "program.h"

/* Where sanitizers leave room. */
#undef CODE_ADDRESS
#undef DATA_ADDRESS
#define CODE_ADDRESS 0x200000000000UL
#define DATA_ADDRESS 0x200100000000UL

/* The player's calls are answered here. */
#define system_call kernel_call
#define exit_group kernel_exit
#include "system_call.h"
#undef system_call
#undef exit_group
static i64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f);
static _Noreturn void exit_group(int status) { exit(status); }
#undef PROT_READ
#undef PROT_WRITE
#undef MAP_PRIVATE
#undef MAP_ANONYMOUS
#undef MAP_POPULATE
#undef MAP_FIXED_NOREPLACE
#include "player.c"

#define LARGEST_PROGRAM (1 << 16)
#define MOST_MAPPINGS 2
#define WORD 4
#define CHECKSUM_OFFSET 40

static u8 file[LARGEST_PROGRAM];
static u64 file_length;
static u32 command;
static struct { void *at; u64 size; } mappings[MOST_MAPPINGS];
static u32 mapping_count;
static jmp_buf end;
static u64 calls, loaded;

static u64 state;
static u64 any(u64 below) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return below == 0 ? 0 : state % below;
}

static _Noreturn void fail(const char *what, u64 value) {
  fprintf(stderr, "%s: %lu\n", what, value);
  abort();
}

/* Fill memory of the program, as far as it is the program's, with a text like that of /proc/PID/stat, or anything. */
static i64 fill(u64 address, u64 size) {
  static const char text[] = "4711 (a (name) with) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 815 20 21 22\n";
  u64 length = ((struct header *)file)->data_length;
  if (address < DATA_ADDRESS || address > DATA_ADDRESS + length) return -EFAULT;
  u64 room = DATA_ADDRESS + length - address;
  if (size > room) size = any(room + 1);
  u64 got = any(size + 1), shift = any(4);
  for (u64 i = 0; i < got; i++) ((u8 *)address)[i] = shift == 0 ? (u8)any(256) : (u8)text[i % (sizeof text - 1)];
  return (i64)got;
}

static i64 answer(void) { return any(3) == 0 ? -(i64)any(HIGHEST_ERRNO + 1) : any(3) == 0 ? 0 : (i64)any(8); }

static i64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  (void)a, (void)e, (void)f;
  switch (number) {
    case NR_fstat:
      memset((void *)b, 0, 144);
      *(u64 *)(b + STAT_SIZE_OFFSET) = file_length;
      return 0;
    case NR_pread64: {
      u64 left = d < file_length ? file_length - d : 0, size = c < left ? c : left;
      memcpy((void *)b, file + d, size);
      return (i64)size;
    }
    case NR_mmap: {
      void *at = mmap((void *)a, b, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | 0x100000, -1, 0);
      if (at == MAP_FAILED) return -12;
      if (mapping_count == MOST_MAPPINGS) fail("mappings", mapping_count);
      mappings[mapping_count].at = at;
      mappings[mapping_count++].size = b;
      return (i64)at;
    }
    case NR_mprotect: loaded++; return mprotect((void *)a, b, (int)c);
  }
  calls++;
  if (!is_call_of(command, (u32)number)) fail("a call that the command does not have", number);
  if (number == NR_exit_group) longjmp(end, 1);
  if (number == NR_read || number == NR_recvfrom) return any(4) == 0 ? answer() : fill(b, c);
  if (number == NR_statx) fill(e, 256);
  return answer();
}

/* Change some bits, bytes or words, exchange instructions, or cut. */
static void mutate(u64 length) {
  struct instruction *instructions = (struct instruction *)(file + sizeof(struct header));
  u64 count = (length - sizeof(struct header)) / sizeof *instructions;
  for (u64 changes = 1 + any(4); changes > 0; changes--) {
    u64 at = any(length);
    switch (any(8)) {
      case 0: file[at] = (u8)any(256); break;
      case 1: *(u32 *)(file + at / WORD * WORD) = (u32)any(1UL << 32); break;
      case 2: instructions[any(count)] = instructions[any(count)]; break;
      case 3: instructions[any(count)].number = (u32)any(512); break;
      case 4: instructions[any(count)].op = (u8)any(10); break;
      case 5: instructions[any(count)].argument_kinds ^= (u16)(1 << any(12)); break;
      default: file[at] ^= (u8)(1 << any(8));
    }
  }
  if (any(16) == 0) file_length = any(length);
}

static void seal(void) {
  if (file_length < sizeof(struct header)) return;
  struct header *header = (struct header *)file;
  header->checksum = 0;
  header->checksum = checksum(0, file, file_length);
}

int main(int argc, char **argv) {
  static u8 original[LARGEST_PROGRAM];
  if (argc != 5) return 2;
  command = (u32)atoi(argv[1]);
  FILE *from = fopen(argv[2], "r");
  if (from == NULL) return 2;
  u64 length = fread(original, 1, sizeof original, from);
  fclose(from);
  state = strtoul(argv[3], NULL, 10) * 2 + 1;
  u64 rounds = strtoul(argv[4], NULL, 10);
  for (u64 round = 0; round < rounds; round++) {
    memcpy(file, original, length);
    file_length = length;
    if (round > 0) mutate(length);
    seal();
    u64 registers[REGISTER_COUNT] = {0};
    for (u32 i = 0; i <= CONNECTION_REGISTER; i++) registers[i] = any(16);
    if (setjmp(end) == 0) attempt(command, 3, registers);
    if (round == 0 && loaded != 1) fail("the program is not loaded", loaded);
    while (mapping_count > 0) {
      mapping_count--;
      munmap(mappings[mapping_count].at, mappings[mapping_count].size);
    }
  }
  printf("%lu %lu\n", loaded, calls);
  return 0;
}
