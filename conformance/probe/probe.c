/*
 * What a process sees of itself and of its container, as one JSON object on standard output.
 *
 * usage: probe [PATH...]     every PATH is described under "paths"
 *        probe do ACTION...  see actions.c
 *
 * It asks the kernel by system calls where there is one, and /proc where there is none; what cannot be had is null.
 * Linked statically, so that it runs in an empty root file system.
 *   cc -static -Os -Wall -Wextra -o probe *.c
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "actions.h"
#include "json.h"
#include "paths.h"
#include "readers.h"

extern char **environ;

/* ---- the process ---- */

static void identity(void)
{
	uid_t uids[3];
	gid_t gids[3], groups[256];
	int count = getgroups(256, groups);

	json_number("pid", getpid());
	json_number("ppid", getppid());
	json_number("sid", getsid(0));
	json_number("pgid", getpgrp());
	getresuid(&uids[0], &uids[1], &uids[2]);
	getresgid(&gids[0], &gids[1], &gids[2]);
	json_open("uid", '{');
	json_number("real", uids[0]);
	json_number("effective", uids[1]);
	json_number("saved", uids[2]);
	json_number("filesystem", setfsuid(-1));
	json_close('}');
	json_open("gid", '{');
	json_number("real", gids[0]);
	json_number("effective", gids[1]);
	json_number("saved", gids[2]);
	json_number("filesystem", setfsgid(-1));
	json_close('}');
	json_open("groups", '[');
	for (int i = 0; i < count; i++)
		json_number(NULL, groups[i]);
	json_close(']');
}

static void capability_set(const char *key, unsigned long long bits)
{
	json_open(key, '[');
	for (int i = 0; i < 64; i++)
		if (bits >> i & 1)
			json_number(NULL, i);
	json_close(']');
}

static void capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };
	unsigned long long bounding = 0, ambient = 0;

	syscall(SYS_capget, &header, data);
	for (int i = 0; i < 64; i++) {
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			bounding |= 1ULL << i;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			ambient |= 1ULL << i;
	}
	json_open("capabilities", '{');
	capability_set("bounding", bounding);
	capability_set("effective", data[0].effective | (unsigned long long)data[1].effective << 32);
	capability_set("permitted", data[0].permitted | (unsigned long long)data[1].permitted << 32);
	capability_set("inheritable", data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
	capability_set("ambient", ambient);
	json_close('}');
}

static void restrictions(void)
{
	json_number("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	json_number("seccomp", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
	json_number("securebits", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	json_number("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	json_number("timer_slack", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
	int value = 0;
	prctl(PR_GET_PDEATHSIG, &value, 0, 0, 0);
	json_number("parent_death_signal", value);
	value = 0;
	prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0);
	json_number("child_subreaper", value);
	mode_t mask = umask(0);
	umask(mask);
	json_number("umask", mask);
	json_number("personality", personality(0xffffffff));
}

static void resource_limits(void)
{
	static const char *const names[] = { "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE",
		"MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME" };

	json_open("rlimits", '{');
	for (int i = 0; i < 16; i++) {
		struct rlimit limit;

		if (getrlimit(i, &limit) < 0)
			continue;
		json_open(names[i], '{');
		json_number("soft", limit.rlim_cur == RLIM_INFINITY ? -1 : (long long)limit.rlim_cur);
		json_number("hard", limit.rlim_max == RLIM_INFINITY ? -1 : (long long)limit.rlim_max);
		json_close('}');
	}
	json_close('}');
}

static void scheduling(void)
{
	struct sched_param parameter = { 0 };
	cpu_set_t cpus;

	sched_getparam(0, &parameter);
	json_open("scheduler", '{');
	json_number("policy", sched_getscheduler(0));
	json_number("priority", parameter.sched_priority);
	json_number("nice", getpriority(PRIO_PROCESS, 0));
	json_number("ioprio", syscall(SYS_ioprio_get, 1, 0));
	json_open("cpus", '[');
	CPU_ZERO(&cpus);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		for (int i = 0; i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, &cpus))
				json_number(NULL, i);
	json_close(']');
	json_close('}');
}

static void signals(void)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	json_open("signals", '{');
	json_open("blocked", '[');
	for (int i = 1; i <= 64; i++)
		if (sigismember(&blocked, i) == 1)
			json_number(NULL, i);
	json_close(']');
	json_open("ignored", '[');
	for (int i = 1; i <= 64; i++) {
		struct sigaction action;

		if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			json_number(NULL, i);
	}
	json_close(']');
	json_close('}');
}

static void descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	json_open("descriptors", '{');
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(directory))
			continue;
		char path[64] = "/proc/self/fd/";

		strncat(path, entry->d_name, sizeof(path) - 16);
		link_text(entry->d_name, path);
	}
	if (directory)
		closedir(directory);
	else
		for (int fd = 0; fd < 256; fd++)
			if (fcntl(fd, F_GETFD) >= 0) {
				char key[16];

				snprintf(key, sizeof(key), "%d", fd);
				json_string(key, NULL);
			}
	json_close('}');
}

static void arguments(int argc, char **argv)
{
	char directory[4096];

	json_open("args", '[');
	for (int i = 0; i < argc; i++)
		json_string(NULL, argv[i]);
	json_close(']');
	json_open("env", '[');
	for (char **variable = environ; *variable; variable++)
		json_string(NULL, *variable);
	json_close(']');
	json_string("cwd", getcwd(directory, sizeof(directory)));
	link_text("exe", "/proc/self/exe");
}

static void keyring(void)
{
	char description[512];
	long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, description, sizeof(description));

	json_string("session_keyring", length < 0 ? NULL : description);
}

static void terminal(void)
{
	struct winsize size = { 0 };
	int controlling = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	json_open("terminal", '{');
	json_open("is_terminal", '[');
	for (int fd = 0; fd < 3; fd++)
		json_number(NULL, isatty(fd));
	json_close(']');
	if (ioctl(0, TIOCGWINSZ, &size) == 0) {
		json_number("rows", size.ws_row);
		json_number("columns", size.ws_col);
	}
	json_number("controlling", controlling >= 0);
	json_close('}');
	if (controlling >= 0)
		close(controlling);
}

/* ---- the container ---- */

static void names(void)
{
	struct utsname names;

	uname(&names);
	json_string("hostname", names.nodename);
	json_string("domainname", names.domainname);
	json_string("machine", names.machine);
}

static void namespaces(void)
{
	static const char *const kinds[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };

	json_open("namespaces", '{');
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char path[64] = "/proc/self/ns/";

		link_text(kinds[i], strcat(path, kinds[i]));
	}
	json_close('}');
}

/* One line of mountinfo (proc_pid_mountinfo(5)) is split in place; its escapes, \040 and the like, stay as they are. */
static void mount_line(char *line)
{
	static const char *const before[] = { "id", "parent", "device", "root", "target", "options" };
	static const char *const after[] = { "type", "source", "super_options" };
	char *word = strtok(line, " ");

	json_open(NULL, '{');
	for (int i = 0; i < 6 && word; i++, word = strtok(NULL, " "))
		json_string(before[i], word);
	json_open("propagation", '[');
	for (; word && strcmp(word, "-"); word = strtok(NULL, " "))
		json_string(NULL, word);
	json_close(']');
	for (int i = 0; i < 3 && word && (word = strtok(NULL, " ")); i++)
		json_string(after[i], word);
	json_close('}');
}

static void mounts(void)
{
	static char buffer[1 << 20];

	json_open("mounts", '[');
	if (read_file("/proc/self/mountinfo", buffer, sizeof(buffer)) >= 0)
		for (char *line = buffer, *end; (end = strchr(line, '\n')); line = end + 1) {
			*end = 0;
			mount_line(line);
		}
	json_close(']');
}

static void cgroups(void)
{
	char buffer[8192];

	json_open("cgroups", '[');
	if (read_file("/proc/self/cgroup", buffer, sizeof(buffer)) >= 0)
		for (char *line = strtok(buffer, "\n"); line; line = strtok(NULL, "\n"))
			json_string(NULL, line);
	json_close(']');
}

static void device_directory(void)
{
	DIR *directory = opendir("/dev");
	struct dirent *entry;

	json_open("devices", '{');
	while (directory && (entry = readdir(directory))) {
		struct stat status;
		char path[300] = "/dev/";

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		strncat(path, entry->d_name, 256);
		if (lstat(path, &status) < 0)
			continue;
		json_open(entry->d_name, '{');
		json_string("type", type_of(status.st_mode));
		if (S_ISLNK(status.st_mode)) {
			link_text("target", path);
		} else {
			json_number("mode", status.st_mode & 07777);
			json_number("uid", status.st_uid);
			json_number("gid", status.st_gid);
		}
		if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
			json_number("major", major(status.st_rdev));
			json_number("minor", minor(status.st_rdev));
		}
		json_close('}');
	}
	if (directory)
		closedir(directory);
	json_close('}');
}

/* Flags of the loopback interface; null without one. */
static void loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0)
		json_number("loopback_up", !!(request.ifr_flags & IFF_UP));
	else
		json_string("loopback_up", NULL);
	if (fd >= 0)
		close(fd);
}

int report(int argc, char **argv, int count, char **described)
{
	json_open(NULL, '{');
	descriptors(); /* before anything else opens one */
	identity();
	capabilities();
	restrictions();
	resource_limits();
	scheduling();
	signals();
	arguments(argc, argv);
	keyring();
	terminal();
	names();
	namespaces();
	mounts();
	cgroups();
	device_directory();
	loopback();
	file_text("oom_score_adj", "/proc/self/oom_score_adj");
	file_text("security_label", "/proc/self/attr/current");
	json_open("paths", '{');
	for (int i = 0; i < count; i++)
		describe_path(described[i]);
	json_close('}');
	json_close('}');
	return json_flush();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "do"))
		return carry_out(argc, argv);
	return report(argc, argv, argc - 1, argv + 1);
}
