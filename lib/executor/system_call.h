/* System calls without a libc, for x86_64 and arm64. */
#ifndef SYSTEM_CALL_H
#define SYSTEM_CALL_H

#include "program.h"

#if defined(__x86_64__)

#define NR_read 0
#define NR_write 1
#define NR_close 3
#define NR_fstat 5
#define NR_mmap 9
#define NR_mprotect 10
#define NR_brk 12
#define NR_rt_sigaction 13
#define NR_pread64 17
#define NR_mremap 25
#define NR_getpid 39
#define NR_socket 41
#define NR_connect 42
#define NR_recvfrom 45
#define NR_execve 59
#define NR_fcntl 72
#define NR_flock 73
#define NR_getcwd 79
#define NR_chdir 80
#define NR_fchdir 81
#define NR_geteuid 107
#define NR_sigaltstack 131
#define NR_arch_prctl 158
#define NR_set_tid_address 218
#define NR_clock_gettime 228
#define NR_exit_group 231
#define NR_epoll_ctl 233
#define NR_openat 257
#define NR_unlinkat 263
#define NR_readlinkat 267
#define NR_faccessat 269
#define NR_set_robust_list 273
#define NR_eventfd2 290
#define NR_epoll_create1 291
#define NR_dup3 292
#define NR_statx 332
#define NR_rseq 334
#define NR_pidfd_send_signal 424
#define NR_pidfd_open 434
#define NR_close_range 436
/* Where these members lie in struct stat. */
#define STAT_NLINK_OFFSET 16
#define STAT_MODE_OFFSET 24
#define STAT_UID_OFFSET 28
#define STAT_SIZE_OFFSET 48
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000

static inline i64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  i64 result;
  register u64 r10 __asm__("r10") = d;
  register u64 r8 __asm__("r8") = e;
  register u64 r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/* The kernel leaves argc, argv and envp on the stack. */
#define START __asm__(".globl _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n  hlt\n")

#elif defined(__aarch64__)

#define NR_fcntl 25
#define NR_flock 32
#define NR_unlinkat 35
#define NR_faccessat 48
#define NR_fchdir 50
#define NR_openat 56
#define NR_close 57
#define NR_read 63
#define NR_write 64
#define NR_pread64 67
#define NR_readlinkat 78
#define NR_fstat 80
#define NR_exit_group 94
#define NR_clock_gettime 113
#define NR_getpid 172
#define NR_geteuid 175
#define NR_socket 198
#define NR_connect 203
#define NR_recvfrom 207
#define NR_execve 221
#define NR_mmap 222
#define NR_mprotect 226
#define NR_statx 291
#define NR_pidfd_send_signal 424
#define NR_pidfd_open 434
#define STAT_NLINK_OFFSET 20
#define STAT_MODE_OFFSET 16
#define STAT_UID_OFFSET 24
#define STAT_SIZE_OFFSET 48
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000

static inline i64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 x8 __asm__("x8") = number;
  register u64 x0 __asm__("x0") = a;
  register u64 x1 __asm__("x1") = b;
  register u64 x2 __asm__("x2") = c;
  register u64 x3 __asm__("x3") = d;
  register u64 x4 __asm__("x4") = e;
  register u64 x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (i64)x0;
}

#define START __asm__(".globl _start\n_start:\n  mov x0, sp\n  and sp, x0, #-16\n  bl start\n  brk #1\n")

#else
#error "tsrun runs on x86_64 and arm64"
#endif

/* The same on both. */
#define AT_FDCWD (-100)
#define O_RDONLY 0
#define O_WRONLY 01
#define O_CREAT 0100
#define O_NOCTTY 0400
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
/* struct statx, and where these members lie in it. */
#define STATX_SIZE 256
#define STATX_SIZE_OFFSET 40
#define STATX_MTIME_OFFSET 112

#define CALL1(number, a) system_call(number, (u64)(a), 0, 0, 0, 0, 0)
#define CALL2(number, a, b) system_call(number, (u64)(a), (u64)(b), 0, 0, 0, 0)
#define CALL3(number, a, b, c) system_call(number, (u64)(a), (u64)(b), (u64)(c), 0, 0, 0)

#define CALL4(number, a, b, c, d) system_call(number, (u64)(a), (u64)(b), (u64)(c), (u64)(d), 0, 0)
#define CALL5(number, a, b, c, d, e) system_call(number, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), 0)

static inline int is_error(i64 result) { return result < 0 && result >= -HIGHEST_ERRNO; }

static inline _Noreturn void exit_group(int status) {
  for (;;) CALL1(NR_exit_group, status);
}

#endif
