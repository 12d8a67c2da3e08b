/*
 * Makes the n-th call of one kind on files below one folder fail, for programs started with LD_PRELOAD.
 * What is to fail is in a shared page (FAULT_CONTROL names its file), so that it can change while the program runs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, OPEN = 3 };

struct control {
  int32_t kind;    /* 0: nothing fails */
  int32_t error;
  int32_t nth;     /* counted from 1 */
  int32_t forever; /* 0: once */
  int32_t seen;
  int32_t failed;
  char folder[232];
};

static struct control *control;

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("FAULT_CONTROL");
  if (name == NULL) return;
  int fd = open(name, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page != MAP_FAILED) control = page;
  close(fd);
}

static int fails(int kind, const char *path) {
  if (strncmp(path, control->folder, strlen(control->folder)) != 0) return 0;
  int32_t number = __sync_add_and_fetch(&control->seen, 1);
  if (number < control->nth || (number > control->nth && !control->forever)) return 0;
  __sync_add_and_fetch(&control->failed, 1);
  errno = control->error;
  (void)kind;
  return 1;
}

static int fails_fd(int kind, int fd) {
  if (control == NULL || control->kind != kind) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(kind, path);
}

static int fails_path(int kind, const char *path) {
  return control != NULL && control->kind == kind && path != NULL && fails(kind, path);
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return fails_fd(WRITE, fd) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return fails_fd(WRITE, fd) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return fails_fd(WRITE, fd) ? -1 : real(fd, bytes, size, at);
}

int ftruncate(int fd, off_t size) {
  REAL(int, "ftruncate", int, off_t);
  return fails_fd(WRITE, fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  REAL(int, "ftruncate64", int, off64_t);
  return fails_fd(WRITE, fd) ? -1 : real(fd, size);
}

int fsync(int fd) {
  REAL(int, "fsync", int);
  return fails_fd(SYNC, fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return fails_fd(SYNC, fd) ? -1 : real(fd);
}

static mode_t mode_of(int flags, va_list rest) { return (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; }

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, #name, const char *, int, ...); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_of(flags, rest); \
    va_end(rest); \
    return fails_path(OPEN, path) ? -1 : real(path, flags, mode); \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    REAL(int, #name, int, const char *, int, ...); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_of(flags, rest); \
    va_end(rest); \
    return fails_path(OPEN, path) ? -1 : real(folder, path, flags, mode); \
  }
OPENS_AT(openat)
OPENS_AT(openat64)
