/*
 * What a process tries to do in its container.
 *
 * usage: probe do ACTION [WORD...] [';' ACTION [WORD...]]...
 *
 * Every action prints one line, a JSON object with its name and with what came of it; "errno" is 0 when it succeeded.
 */
#define _GNU_SOURCE
#include "actions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host_actions.h"
#include "json.h"
#include "notify.h"

static int program_argc;
static char **program_argv;

static const char *word(char **words, int i)
{
	for (int k = 0; k < i; k++)
		if (!words[k])
			return "";
	return words[i] ? words[i] : "";
}

static void begin_line(const char *action)
{
	json_open(NULL, '{');
	json_string("action", action);
}

static int end_line(void)
{
	json_close('}');
	return json_flush();
}

static void outcome(long result)
{
	json_number("errno", result < 0 ? errno : 0);
}

/* ---- files ---- */

static void touch(char **w)
{
	int fd = open(word(w, 1), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	struct stat status;

	outcome(fd);
	if (fd >= 0 && fstat(fd, &status) == 0)
		json_number("mode", status.st_mode & 07777);
	if (fd >= 0)
		close(fd);
}

static void write_text(char **w)
{
	int fd = open(word(w, 1), O_WRONLY | O_CLOEXEC);
	const char *text = word(w, 2);

	outcome(fd < 0 ? fd : write(fd, text, strlen(text)));
	if (fd >= 0)
		close(fd);
}

static void read_text(char **w)
{
	char buffer[1025];
	int fd = open(word(w, 1), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length = fd < 0 ? -1 : read(fd, buffer, sizeof(buffer) - 1);

	outcome(length);
	json_number("length", length);
	if (length >= 0) {
		buffer[length] = 0;
		json_string("text", buffer);
	}
	if (fd >= 0)
		close(fd);
}

static void open_both(char **w)
{
	int fd = open(word(w, 1), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	outcome(fd);
	if (fd >= 0)
		close(fd);
}

/* Whether reading a file changes its time of access; that is set to long ago before. */
static void access_time(char **w)
{
	struct timespec old[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat after = { 0 };
	char byte;
	int fd;

	outcome(utimensat(AT_FDCWD, word(w, 1), old, 0));
	fd = open(word(w, 1), O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, &byte, 1) < 0)
			json_number("read_errno", errno);
		close(fd);
	}
	stat(word(w, 1), &after);
	json_number("changed", after.st_atime != 1000);
}

static void make_node(char **w)
{
	mode_t type = *word(w, 2) == 'b' ? S_IFBLK : *word(w, 2) == 'p' ? S_IFIFO : S_IFCHR;

	outcome(mknod(word(w, 1), type | 0600, makedev(atoi(word(w, 3)), atoi(word(w, 4)))));
}

static void list(char **w)
{
	DIR *directory = opendir(word(w, 1));
	struct dirent *entry;

	outcome(directory ? 0 : -1);
	json_open("names", '[');
	while (directory && (entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			json_string(NULL, entry->d_name);
	json_close(']');
	if (directory)
		closedir(directory);
}

/* ---- processes ---- */

static void told_end(int status)
{
	json_number("status", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	json_number("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void execute(char **w)
{
	int status = 0, pipes[2], error = 0;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return;
	pid_t child = fork();

	if (child == 0) {
		/* an array would be as good, but words end where the action does */
		execv(w[1], w + 1);
		error = errno;
		_exit(write(pipes[1], &error, sizeof(error)) < 0);
	}
	close(pipes[1]);
	if (read(pipes[0], &error, sizeof(error)) <= 0)
		error = 0;
	close(pipes[0]);
	waitpid(child, &status, 0);
	json_number("errno", error);
	told_end(status);
}

static void allocate(char **w)
{
	size_t size = strtoull(word(w, 1), NULL, 10);
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			_exit(1);
		for (size_t i = 0; i < size; i += 4096)
			((volatile char *)memory)[i] = 1;
		_exit(0);
	}
	waitpid(child, &status, 0);
	told_end(status);
}

/* How many processes can be had beside this one. */
static void fork_many(char **w)
{
	int wanted = atoi(word(w, 1)), made = 0, error = 0;
	pid_t children[256];

	for (; made < wanted && made < 256; made++) {
		children[made] = fork();
		if (children[made] == 0) {
			pause();
			_exit(0);
		}
		if (children[made] < 0) {
			error = errno;
			break;
		}
	}
	for (int i = 0; i < made; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	json_number("errno", error);
	json_number("made", made);
}

static void call(char **w)
{
	long values[7] = { 0 };
	long result;

	for (int i = 0; i < 7 && w[i + 1]; i++)
		values[i] = strtol(w[i + 1], NULL, 0);
	result = syscall(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
	outcome(result);
	json_number("result", result);
}

static volatile sig_atomic_t caught;

static void remember(int number)
{
	caught = number;
}

/* Print the number of every signal that comes, for ever. */
static void catch_signals(void)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	for (int i = 1; i <= 64; i++)
		signal(i, remember);
	begin_line("catch");
	end_line();
	sigemptyset(&before);
	for (;;) {
		sigsuspend(&before);
		begin_line("caught");
		json_number("signal", caught);
		end_line();
	}
}

static void hold(void)
{
	begin_line("hold");
	end_line();
	for (;;)
		pause();
}

/* ---- what namespaces hold ---- */

static void interfaces(void)
{
	struct if_nameindex *all = if_nameindex();

	json_open("names", '[');
	for (struct if_nameindex *one = all; one && one->if_name; one++)
		json_string(NULL, one->if_name);
	json_close(']');
}

static void clocks(void)
{
	struct timespec monotonic, boot;

	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	json_number("monotonic", monotonic.tv_sec);
	json_number("boottime", boot.tv_sec);
}

static void memory_policy(void)
{
	int mode = -1;
	unsigned long nodes[16] = { 0 };

	outcome(syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, NULL, 0));
	json_number("mode", mode);
	json_number("nodes", nodes[0]);
}

/* ---- the table ---- */

static void do_outcome(const char *name, char **w)
{
	if (!strcmp(name, "mkdir"))
		outcome(mkdir(word(w, 1), 0777));
	else if (!strcmp(name, "unlink"))
		outcome(unlink(word(w, 1)));
	else if (!strcmp(name, "chown"))
		outcome(chown(word(w, 1), atoi(word(w, 2)), atoi(word(w, 3))));
	else if (!strcmp(name, "sethostname"))
		outcome(sethostname(word(w, 1), strlen(word(w, 1))));
	else if (!strcmp(name, "queue"))
		outcome(msgget(atoi(word(w, 1)), *word(w, 2) == 'c' ? IPC_CREAT | 0600 : 0));
	else if (!strcmp(name, "mount"))
		outcome(mount(word(w, 1), word(w, 2), word(w, 3), atol(word(w, 4)), NULL));
	else if (!strcmp(name, "kill"))
		outcome(kill(atoi(word(w, 1)), atoi(word(w, 2))));
	else if (!strcmp(name, "sleep"))
		outcome(usleep(1000 * atoi(word(w, 1))));
	else if (!strcmp(name, "notify"))
		outcome(notify(word(w, 1)));
	else if (!strcmp(name, "to"))
		outcome(freopen(word(w, 1), "a", stdout) ? 0 : -1);
	else
		json_string("unknown", name);
}

/* W holds one action, and null behind it. */
static void act(char **w)
{
	static const struct {
		const char *name;
		void (*told)(char **);
		void (*silent)(void);
	} table[] = {
		{ "touch", touch, NULL }, { "write", write_text, NULL }, { "read", read_text, NULL },
		{ "open", open_both, NULL }, { "atime", access_time, NULL }, { "mknod", make_node, NULL },
		{ "list", list, NULL }, { "exec", execute, NULL }, { "allocate", allocate, NULL },
		{ "fork", fork_many, NULL }, { "call", call, NULL }, { "interfaces", NULL, interfaces },
		{ "clocks", NULL, clocks }, { "memory-policy", NULL, memory_policy },
	};

	fflush(stdout);
	begin_line(w[0]);
	for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(w[0], table[i].name)) {
			if (table[i].told)
				table[i].told(w);
			else
				table[i].silent();
			end_line();
			return;
		}
	do_outcome(w[0], w);
	end_line();
}

/* Actions that print otherwise, or end the program; -1 for all others. */
static int act_alone(int count, char **w)
{
	if (!strcmp(w[0], "exit")) {
		fflush(stdout);
		exit(atoi(word(w, 1)));
	}
	if (!strcmp(w[0], "report"))
		return report(program_argc, program_argv, count - 1, w + 1);
	if (!strcmp(w[0], "hold"))
		hold();
	if (!strcmp(w[0], "catch"))
		catch_signals();
	if (!strcmp(w[0], "hook"))
		exit(hook(w, program_argc, program_argv));
	if (!strcmp(w[0], "terminal"))
		exit(terminal_at(w));
	if (!strcmp(w[0], "listen"))
		exit(listen_at(w));
	return -1;
}

int carry_out(int argc, char **argv)
{
	program_argc = argc;
	program_argv = argv;
	for (int i = 2; i < argc;) {
		char *action[64] = { 0 };
		int count = 0;

		for (; i < argc && strcmp(argv[i], ";"); i++)
			if (count < 63)
				action[count++] = argv[i];
		i++;
		if (count > 0 && act_alone(count, action) < 0)
			act(action);
	}
	return json_flushed();
}
