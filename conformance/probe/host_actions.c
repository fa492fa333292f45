/* The host's side: hooks, the far end of a console socket, a seccomp agent. */
#define _GNU_SOURCE
#include "host_actions.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"

extern char **environ;

static void link_of(const char *key, const char *path)
{
	char buffer[4096];
	ssize_t length = readlink(path, buffer, sizeof(buffer) - 1);

	buffer[length < 0 ? 0 : length] = 0;
	json_string(key, length < 0 ? NULL : buffer);
}

/* Where the mounts are that the process of this directory in /proc sees, below the place that the hook may look at. */
static void mount_points(const char *key, const char *process)
{
	char path[64], line[4096], target[4096];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/mountinfo", process);
	file = fopen(path, "re");
	json_open(key, '[');
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*s %*s %4095s", target) == 1)
			json_string(NULL, target);
	json_close(']');
	if (file)
		fclose(file);
}

/* The number behind "pid" in the state, as text. */
static const char *pid_of(const char *state)
{
	static char digits[16];
	const char *at = strstr(state, "\"pid\"");

	if (!at || sscanf(at + 5, " : %15[0-9]", digits) != 1)
		return "none";
	return digits;
}

int hook(char **words, int argc, char **argv)
{
	static char state[1 << 16];
	size_t length = 0;
	ssize_t n;
	struct stat probe;

	while ((n = read(0, state + length, sizeof(state) - 1 - length)) > 0)
		length += n;
	state[length] = 0;
	if (!words[1] || !words[2] || !freopen(words[2], "a", stdout))
		return 99;
	json_open(NULL, '{');
	json_string("hook", words[1]);
	json_string("state", state);
	json_open("args", '[');
	for (int i = 0; i < argc; i++)
		json_string(NULL, argv[i]);
	json_close(']');
	json_open("env", '[');
	for (char **variable = environ; *variable; variable++)
		json_string(NULL, *variable);
	json_close(']');
	link_of("mnt", "/proc/self/ns/mnt");
	link_of("pid", "/proc/self/ns/pid");
	link_of("net", "/proc/self/ns/net");
	link_of("uts", "/proc/self/ns/uts");
	json_number("probe_at_root", stat("/probe", &probe) == 0);
	mount_points("mounts", "self");
	mount_points("mounts_of_pid", pid_of(state));
	json_close('}');
	return json_flush() ? 98 : words[3] ? atoi(words[3]) : 0;
}

/* A socket that listens at PATH; a line on standard output says so. */
static int listening(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, path ? path : "", sizeof(address.sun_path) - 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
		return -1;
	return fd;
}

/* One message with at most one descriptor; -1 if there came none. */
static int receive(int connection, char *text, size_t size, ssize_t *length)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec part = { text, size - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	int fd = -1;

	*length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	if (*length < 0)
		return -1;
	text[*length] = 0;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

int terminal_at(char **words)
{
	static char text[1 << 16];
	ssize_t length;
	int server = listening(words[1]);
	int connection = server < 0 ? -1 : accept(server, NULL, NULL);
	int terminal = connection < 0 ? -1 : receive(connection, text, sizeof(text), &length);

	if (terminal < 0)
		return 97;
	close(connection);
	while ((length = read(terminal, text, sizeof(text))) > 0)
		if (write(1, text, length) != length)
			return 96;
	return 0;
}

/* Answer one call; 0 when there will be none any more. */
static int answer(int listener, int error)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp response = { .error = -error };
	struct pollfd polled = { listener, POLLIN, 0 };

	if (poll(&polled, 1, -1) < 0 || !(polled.revents & POLLIN))
		return 0;
	memset(&call, 0, sizeof(call));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == ENOENT;
	response.id = call.id;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	return 1;
}

int listen_at(char **words)
{
	static char text[1 << 16];
	ssize_t length, more;
	int server = listening(words[1]);
	int connection = server < 0 ? -1 : accept(server, NULL, NULL);
	int listener = connection < 0 ? -1 : receive(connection, text, sizeof(text), &length);

	if (listener < 0)
		return 97;
	/* the sender is to close the connection behind the state */
	while ((more = read(connection, text + length, sizeof(text) - 1 - length)) > 0)
		length += more;
	text[length] = 0;
	json_open(NULL, '{');
	json_string("state", text);
	json_number("closed", more == 0);
	json_close('}');
	json_flush();
	while (answer(listener, words[2] ? atoi(words[2]) : EPERM))
		continue;
	return 0;
}
