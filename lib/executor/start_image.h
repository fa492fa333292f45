/*
 * The start image: a file with the memory and the registers of an engine that has been started, as lib/start_image takes
 * it. A unit test compares this with lib/start_image/layout.ts.
 */
#ifndef START_IMAGE_H
#define START_IMAGE_H

#include "program.h"

#define IMAGE_MAGIC 0x6567616d69727374UL
/* Where the parts of the file begin. What comes after them is pages. */
#define IMAGE_ENGINE_OFFSET 0x4000
#define IMAGE_VDSO_OFFSET 0x5000
#define IMAGE_PAGES_OFFSET 0x9000
#define CPU_WORDS 12
#define LIBC_PATH_WORDS 16
#define MOST_VVARS 4
#define MOST_SIGNALS 64
#define MOST_SEGMENTS 300

/* A part of the address space; the later one counts where two overlap. */
struct segment {
  u64 address;
  u64 length;
  u64 offset;
  u32 protection;
  u32 source;
};

enum source { SOURCE_NOTHING = 0, SOURCE_ENGINE = 1, SOURCE_IMAGE = 2 };

struct vvar {
  u64 address;
  u64 length;
};

/* As rt_sigaction(2) takes it. */
struct signal_action {
  u64 number;
  u64 action[4];
};

struct image {
  u64 magic;
  u64 build_id;
  u64 file_size;
  u64 cpu[CPU_WORDS];
  u64 libc_path[LIBC_PATH_WORDS];
  u64 libc_size;
  u64 libc_modified;
  u64 rbx;
  u64 rbp;
  u64 r12;
  u64 r13;
  u64 r14;
  u64 r15;
  u64 rsp;
  u64 rip;
  u64 fs_base;
  u64 thread_id;
  u64 robust_list;
  u64 robust_list_length;
  u64 rseq;
  u64 rseq_length;
  u64 rseq_signature;
  u64 program_break;
  u64 alternate_stack[3];
  u64 epoll;
  u64 eventfd;
  u64 epoll_events;
  u64 epoll_data;
  u64 call;
  u64 vdso;
  u64 vdso_length;
  u64 vvar_count;
  u64 signal_count;
  u64 segment_count;
  struct vvar vvars[MOST_VVARS];
  struct signal_action signals[MOST_SIGNALS];
  struct segment segments[MOST_SEGMENTS];
};

/*
 * What the engine finds at `call`: where its own path, the arguments and the environment are, one after the other, each
 * with the NUL behind it; how many bytes that is; and how many arguments there are.
 */
struct call_of_engine {
  u64 texts;
  u64 length;
  u64 argument_count;
};

/* What of the processor an engine may have looked at, for its image to be made and to be used with. */
void identify_cpu(u64 words[CPU_WORDS]);

/*
 * Become the engine that the image was taken of, to carry out these arguments with this environment. Returns if there is
 * no image, or it does not fit this engine, processor, kernel or caller; nothing that execve(2) keeps has been changed then.
 * `kernel_envp` is the environment as the kernel left it, behind which it tells more.
 */
void resume_engine(const char *engine, char **argv, char **envp, char **kernel_envp);

#endif
