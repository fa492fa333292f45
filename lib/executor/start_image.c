/*
 * How an engine comes to be without being started: its memory is mapped from the start image, and it goes on where the
 * image was taken of it. Whoever takes the image (lib/start_image) makes sure that this is all there is to it: one
 * thread, no descriptors but those made again here, and nothing of the machine that may be another one by now.
 *
 * Everything is mapped at the addresses that the image was taken at. Those of the launcher itself (see the Makefile) and
 * of its stack are others, mostly by chance; where they are not, the engine is started as it would be without an image.
 */
#include "start_image.h"

#include "command_line.h"
#include "system_call.h"

#if defined(__x86_64__)

#define PROT_READ 1
#define MAP_PRIVATE 0x2
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_NORESERVE 0x4000
#define MAP_FIXED_NOREPLACE 0x100000
#define MREMAP_MAYMOVE 1
#define MREMAP_FIXED 2
#define AT_NULL 0
#define AT_SYSINFO_EHDR 33
#define ARCH_SET_FS 0x1002
#define EPOLL_CTL_ADD 1
#define CLOSE_RANGE_CLOEXEC 4
#define F_GETFD 1
#define FD_CLOEXEC 1
#define SIGSET_SIZE 8
#define STATX_BASIC_STATS 0x7ffU
#define PAGE_SIZE 4096
#define PATH_MAX 4096
#define STANDARD_STREAMS 3
static const char IMAGE_SUFFIX[] = ".image";

/* The header of the image with the copies of the engine's first page and of the kernel's functions behind it. */
static union {
  struct image header;
  u8 bytes[IMAGE_PAGES_OFFSET];
} file __attribute__((aligned(PAGE_SIZE)));
static u8 first_page[PAGE_SIZE] __attribute__((aligned(8)));

_Static_assert(sizeof(struct image) <= IMAGE_ENGINE_OFFSET, "the header fits before the copies");

/* cpuid; ebx of leaf 1 tells which processor this is of several, and is left out. */
void identify_cpu(u64 words[CPU_WORDS]) {
  static const u32 LEAVES[][2] = {{1, 0}, {7, 0}, {0x80000001, 0}};
  u32 at = 0;
  for (u32 i = 0; i < sizeof LEAVES / sizeof *LEAVES; i++) {
    u32 a = LEAVES[i][0], b, c = LEAVES[i][1], d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    words[at++] = a;
    words[at++] = LEAVES[i][0] == 1 ? 0 : b;
    words[at++] = c;
    words[at++] = d;
  }
}

static int same(const void *one, const void *other, u64 length) {
  const u64 *a = one, *b = other;
  for (u64 i = 0; i < length / sizeof *a; i++) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

/* Whether libc's file is the one that the image has a copy of: an update of it shall be an update of this too. */
static int is_same_libc(const struct image *image) {
  u64 stat[STATX_SIZE / sizeof(u64)];
  if (is_error(CALL5(NR_statx, AT_FDCWD, image->libc_path, 0, STATX_BASIC_STATS, stat))) return 0;
  return stat[STATX_SIZE_OFFSET / sizeof *stat] == image->libc_size &&
         stat[STATX_MTIME_OFFSET / sizeof *stat] == image->libc_modified;
}

/* Where the kernel has put its functions, by the auxiliary vector behind the environment. */
static const u8 *find_vdso(char **envp) {
  while (*envp != 0) envp++;
  for (const u64 *entry = (const u64 *)(envp + 1); entry[0] != AT_NULL; entry += 2) {
    if (entry[0] == AT_SYSINFO_EHDR) return (const u8 *)entry[1];
  }
  return 0;
}

/* An error if it is not open, FD_CLOEXEC if the launcher has opened it, 0 if it was inherited. */
static i64 descriptor_flags(i64 descriptor) { return CALL2(NR_fcntl, descriptor, F_GETFD); }

static int read_whole(i64 from, void *to, u64 length) {
  return !is_error(from) && CALL4(NR_pread64, from, to, length, 0) == (i64)length;
}

/* Whether the working directory can be told and entered, which the engine does to know it. */
static int has_directory(void) {
  char path[PATH_MAX];
  return !is_error(CALL2(NR_getcwd, path, sizeof path)) && path[0] == '/' && !is_error(CALL1(NR_chdir, "."));
}

/* A copy may have ended early. */
static int has_size(i64 descriptor, u64 size) {
  u64 stat[32];
  return !is_error(CALL2(NR_fstat, descriptor, stat)) && stat[STAT_SIZE_OFFSET / sizeof *stat] == size;
}

/*
 * Whether the image is whole, and of this build, engine, processor, libc and kernel, and the caller's descriptors are not
 * in its way.
 */
static int fits(const struct image *image, i64 pages, i64 engine, const u8 *vdso) {
  u64 cpu[CPU_WORDS];
  if (image->magic != IMAGE_MAGIC || image->build_id != BUILD_ID || !has_size(pages, image->file_size)) return 0;
  identify_cpu(cpu);
  if (!same(image->cpu, cpu, sizeof cpu) || !is_same_libc(image)) return 0;
  if (!read_whole(engine, first_page, sizeof first_page) ||
      !same(first_page, file.bytes + IMAGE_ENGINE_OFFSET, sizeof first_page)) return 0;
  /* The first page tells how long they are. */
  const u8 *known = file.bytes + IMAGE_VDSO_OFFSET;
  if (vdso == 0 || !same(vdso, known, PAGE_SIZE) || !same(vdso, known, image->vdso_length)) return 0;
  for (i64 stream = 0; stream < STANDARD_STREAMS; stream++) {
    if (descriptor_flags(stream) != 0) return 0;
  }
  return is_error(descriptor_flags((i64)image->epoll)) && is_error(descriptor_flags((i64)image->eventfd)) && has_directory();
}

/* What the launcher has opened, which execve(2) would close; the last that it opened has the highest number. */
static void close_own(i64 last) {
  for (i64 descriptor = STANDARD_STREAMS; descriptor <= last; descriptor++) {
    if (descriptor_flags(descriptor) == FD_CLOEXEC) CALL1(NR_close, descriptor);
  }
}

static int map_segments(const struct image *image, i64 engine, i64 pages) {
  for (u64 i = 0; i < image->segment_count; i++) {
    const struct segment *segment = image->segments + i;
    u64 flags = MAP_PRIVATE | MAP_NORESERVE;
    flags |= segment->source == SOURCE_IMAGE ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    i64 from = segment->source == SOURCE_IMAGE ? pages : engine;
    if (segment->source == SOURCE_NOTHING) {
      flags |= MAP_ANONYMOUS;
      from = -1;
    }
    i64 address = system_call(NR_mmap, segment->address, segment->length, segment->protection, flags, (u64)from, segment->offset);
    if (address != (i64)segment->address) return 0;
  }
  return 1;
}

static int move(const u8 *from, u64 length, u64 to) {
  return system_call(NR_mremap, (u64)from, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, to, 0) == (i64)to;
}

/* The engine's libc knows the kernel's functions, and they know their data, by address. */
static int move_vdso(const struct image *image, const u8 *vdso) {
  for (u64 i = 0; i < image->vvar_count; i++) {
    const struct vvar *vvar = image->vvars + i;
    if (!move(vdso + (vvar->address - image->vdso), vvar->length, vvar->address)) return 0;
  }
  return move(vdso, image->vdso_length, image->vdso);
}

/* A descriptor gets its number, which no other has. */
static int renumber(i64 descriptor, u64 number) {
  if (is_error(descriptor)) return 0;
  int moved = !is_error(CALL3(NR_dup3, descriptor, number, O_CLOEXEC));
  CALL1(NR_close, descriptor);
  return moved;
}

/* The event loop's, and the one by which other threads would wake it. */
static int make_event_loop(const struct image *image) {
  struct {
    u32 events;
    u64 data;
  } __attribute__((packed)) event = {(u32)image->epoll_events, image->epoll_data};
  return renumber(CALL1(NR_epoll_create1, O_CLOEXEC), image->epoll) &&
         renumber(CALL2(NR_eventfd2, 0, O_CLOEXEC | O_NONBLOCK), image->eventfd) &&
         !is_error(CALL4(NR_epoll_ctl, image->epoll, EPOLL_CTL_ADD, image->eventfd, &event));
}

static void set_signals(const struct image *image) {
  for (u64 i = 0; i < image->signal_count; i++) {
    CALL4(NR_rt_sigaction, image->signals[i].number, image->signals[i].action, 0, SIGSET_SIZE);
  }
  CALL2(NR_sigaltstack, image->alternate_stack, 0);
}

/* The thread and the heap, as the kernel knows them and libc remembers them. */
static void set_process(const struct image *image) {
  CALL2(NR_arch_prctl, ARCH_SET_FS, image->fs_base);
  *(u32 *)image->thread_id = (u32)CALL1(NR_set_tid_address, image->thread_id);
  CALL2(NR_set_robust_list, image->robust_list, image->robust_list_length);
  if (image->rseq != 0) CALL4(NR_rseq, image->rseq, image->rseq_length, 0, image->rseq_signature);
  /* What libc has of the heap is mapped; where it grows from now on is up to the kernel, and behind that. */
  if (image->program_break != 0) *(u64 *)image->program_break = (u64)CALL1(NR_brk, 0);
}

/* Return from the system call at which the image was taken, with 0. What else of registers counts a call may change. */
static _Noreturn void go_on(const struct image *image) {
  __asm__ volatile(
      "mov %c[rbx](%0), %%rbx\n"
      "mov %c[r12](%0), %%r12\n"
      "mov %c[r13](%0), %%r13\n"
      "mov %c[r14](%0), %%r14\n"
      "mov %c[r15](%0), %%r15\n"
      "mov %c[rsp](%0), %%rsp\n"
      "mov %c[rbp](%0), %%rbp\n"
      "xor %%eax, %%eax\n"
      "jmp *%c[rip](%0)\n" ::"D"(image),
      [rbx] "i"(__builtin_offsetof(struct image, rbx)), [r12] "i"(__builtin_offsetof(struct image, r12)),
      [r13] "i"(__builtin_offsetof(struct image, r13)), [r14] "i"(__builtin_offsetof(struct image, r14)),
      [r15] "i"(__builtin_offsetof(struct image, r15)), [rsp] "i"(__builtin_offsetof(struct image, rsp)),
      [rbp] "i"(__builtin_offsetof(struct image, rbp)), [rip] "i"(__builtin_offsetof(struct image, rip))
      : "memory");
  __builtin_unreachable();
}

/* With the NUL. */
static u64 size(const char *text) {
  u64 count = 1;
  while (*text++ != 0) count++;
  return count;
}

/* Copy a text with its NUL. Returns the end of the copy. */
static char *append(char *to, const char *text) {
  while ((*to++ = *text++) != 0) {
  }
  return to;
}

static i64 open_file(const char *path) { return CALL4(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0); }

void resume_engine(const char *path, char **argv, char **envp, char **kernel_envp) {
  const char *switched = variable(kernel_envp, "TSRUN_IMAGE=");
  if (switched != 0 && equal(switched, "0")) return;
  char image_path[size(path) + sizeof IMAGE_SUFFIX];
  append(append(image_path, path) - 1, IMAGE_SUFFIX);
  i64 pages = open_file(image_path);
  if (!read_whole(pages, &file, sizeof file)) return;
  i64 engine = open_file(path);
  const struct image *image = &file.header;
  const u8 *vdso = find_vdso(kernel_envp);
  if (!fits(image, pages, engine, vdso) || !map_segments(image, engine, pages) || !move_vdso(image, vdso)) return;
  close_own(engine > pages ? engine : pages);
  if (!make_event_loop(image)) return;
  /* As the engine does when it starts. */
  CALL3(NR_close_range, STANDARD_STREAMS, ~0U, CLOSE_RANGE_CLOEXEC);
  set_process(image);
  set_signals(image);
  u64 texts_length = size(path), argument_count = 0;
  for (char **text = argv; *text != 0; text++, argument_count++) texts_length += size(*text);
  for (char **text = envp; *text != 0; text++) texts_length += size(*text);
  char texts[texts_length];
  char *end = append(texts, path);
  for (char **text = argv; *text != 0; text++) end = append(end, *text);
  for (char **text = envp; *text != 0; text++) end = append(end, *text);
  *(struct call_of_engine *)image->call = (struct call_of_engine){(u64)texts, texts_length, argument_count};
  go_on(image);
}

#else

void identify_cpu(u64 words[CPU_WORDS]) {
  for (u32 i = 0; i < CPU_WORDS; i++) words[i] = 0;
}

void resume_engine(const char *path, char **argv, char **envp, char **kernel_envp) {
  (void)path, (void)argv, (void)envp, (void)kernel_envp;
}

#endif
