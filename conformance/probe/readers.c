#define _GNU_SOURCE

#include "readers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

ssize_t read_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;

	if (fd < 0)
		return -1;
	while (length < size - 1) {
		ssize_t n = read(fd, buffer + length, size - 1 - length);

		if (n <= 0)
			break;
		length += n;
	}
	close(fd);
	buffer[length] = 0;
	return length;
}

void file_text(const char *key, const char *path)
{
	char buffer[4096];
	ssize_t length = read_file(path, buffer, sizeof(buffer));

	if (length > 0 && buffer[length - 1] == '\n')
		buffer[length - 1] = 0;
	json_string(key, length < 0 ? NULL : buffer);
}

void link_text(const char *key, const char *path)
{
	char buffer[4096];
	ssize_t length = readlink(path, buffer, sizeof(buffer) - 1);

	if (length >= 0)
		buffer[length] = 0;
	json_string(key, length < 0 ? NULL : buffer);
}

const char *type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "file";
	case S_IFDIR: return "directory";
	case S_IFLNK: return "symlink";
	case S_IFCHR: return "character";
	case S_IFBLK: return "block";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "socket";
	default: return "unknown";
	}
}
