#define _GNU_SOURCE

#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "json.h"
#include "readers.h"

/* Errno of the attempt to open for writing, 0 if it may; nothing is written. */
static int open_for_writing(const char *path, mode_t mode)
{
	if (S_ISDIR(mode))
		return access(path, W_OK) < 0 ? errno : 0;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static long count_entries(const char *path)
{
	DIR *directory = opendir(path);
	long count = 0;

	if (!directory)
		return -1;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

void describe_path(const char *path)
{
	struct stat status;
	struct statvfs filesystem;
	char buffer[1025];

	json_open(path, '{');
	if (lstat(path, &status) < 0) {
		json_number("errno", errno);
		json_close('}');
		return;
	}
	json_string("type", type_of(status.st_mode));
	json_number("mode", status.st_mode & 07777);
	json_number("uid", status.st_uid);
	json_number("gid", status.st_gid);
	if (S_ISLNK(status.st_mode)) {
		link_text("target", path);
		stat(path, &status);
	}
	if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
		json_number("major", major(status.st_rdev));
		json_number("minor", minor(status.st_rdev));
	}
	json_number("write_errno", open_for_writing(path, status.st_mode));
	if (S_ISDIR(status.st_mode))
		json_number("entries", count_entries(path));
	if (S_ISREG(status.st_mode)) {
		ssize_t length = read_file(path, buffer, sizeof(buffer));

		json_string("text", length < 0 ? NULL : buffer);
	}
	if (statvfs(path, &filesystem) == 0) {
		json_number("filesystem_size", (long long)filesystem.f_blocks * filesystem.f_frsize);
		json_number("filesystem_flags", filesystem.f_flag);
	}
	json_close('}');
}
