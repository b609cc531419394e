/*
 * Faults of the operating system for one process, on demand: loaded before the C library (LD_PRELOAD), it makes writes to
 * the files of one folder fail, fall short or take long, sets the wall clock, and lets time pass. What to do stands in a file that both
 * sides have mapped; its layout is `struct faults` here and in faulty-system.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults {
  int32_t write_error; /* errno of a write, before anything is written */
  int32_t write_left;  /* how many more writes fail so; -1 for all */
  int32_t flush_error; /* errno of a write whose bytes have reached the file and cannot be made durable */
  int32_t flush_left;
  int32_t short_left;  /* how many more writes take half of what they are given */
  int32_t delay_ms;    /* what a write takes longer */
  int32_t create_error;
  int32_t create_left;
  int64_t wall_ms;      /* by how much the wall clock is ahead */
  int64_t monotonic_ms; /* by how much time has passed besides, for the other clocks */
  int32_t hits;        /* faults made so far: a test that made none shows nothing */
};

static volatile struct faults *faults;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
  const char *control = getenv("ICECORE_FAULTS");
  folder = getenv("ICECORE_FAULTS_FOLDER");
  if (control == NULL || folder == NULL) return;
  int fd = open(control, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) faults = mapped;
}

static int is_ours(const char *path) {
  return faults != NULL && strncmp(path, folder, strlen(folder)) == 0 && strstr(path, ".journal") != NULL;
}

static int fd_is_ours(int fd) {
  char link[64], path[PATH_MAX];
  if (faults == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

static int due(volatile int32_t *left) {
  if (*left == 0) return 0;
  if (*left > 0) *left -= 1;
  faults->hits += 1;
  return 1;
}

typedef ssize_t (*pwritev_call)(int, const struct iovec *, int, off_t);

static ssize_t faulty_write(pwritev_call real, int fd, const struct iovec *pieces, int count, off_t at) {
  if (!fd_is_ours(fd)) return real(fd, pieces, count, at);
  if (faults->delay_ms > 0) {
    faults->hits += 1;
    for (int waited = 0; waited < faults->delay_ms; waited += 10) usleep(10000);
  }
  if (due(&faults->write_left)) {
    errno = faults->write_error;
    return -1;
  }
  if (due(&faults->short_left)) {
    struct iovec half = {pieces[0].iov_base, (pieces[0].iov_len + 1) / 2};
    return real(fd, &half, 1, at);
  }
  ssize_t written = real(fd, pieces, count, at);
  if (due(&faults->flush_left)) {
    errno = faults->flush_error;
    return -1;
  }
  return written;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
  return faulty_write((pwritev_call)REAL(pwritev), fd, pieces, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off_t at) {
  return faulty_write((pwritev_call)REAL(pwritev64), fd, pieces, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  struct iovec piece = {(void *)bytes, length};
  return faulty_write((pwritev_call)REAL(pwritev), fd, &piece, 1, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
  struct iovec piece = {(void *)bytes, length};
  return faulty_write((pwritev_call)REAL(pwritev64), fd, &piece, 1, at);
}

static int refuses_to_create(const char *path, int flags) {
  if ((flags & O_CREAT) == 0 || !is_ours(path) || !due(&faults->create_left)) return 0;
  errno = faults->create_error;
  return 1;
}

#define MODE(flags)                          \
  mode_t mode = 0;                           \
  if ((flags) & (O_CREAT | O_TMPFILE)) {     \
    va_list rest;                            \
    va_start(rest, flags);                   \
    mode = va_arg(rest, mode_t);             \
    va_end(rest);                            \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  return refuses_to_create(path, flags) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags)
  return refuses_to_create(path, flags) ? -1 : REAL(open64)(path, flags, mode);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int answer = ((int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday"))(now, zone);
  if (faults != NULL && answer == 0) {
    int64_t micros = (int64_t)now->tv_sec * 1000000 + now->tv_usec + faults->wall_ms * 1000;
    now->tv_sec = micros / 1000000;
    now->tv_usec = micros % 1000000;
  }
  return answer;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int answer = real(clock, now);
  int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  int is_monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME;
  if (faults != NULL && answer == 0 && (is_wall || is_monotonic)) {
    int64_t ahead = is_wall ? faults->wall_ms : faults->monotonic_ms;
    int64_t nanos = (int64_t)now->tv_sec * 1000000000 + now->tv_nsec + ahead * 1000000;
    now->tv_sec = nanos / 1000000000;
    now->tv_nsec = nanos % 1000000000;
  }
  return answer;
}
