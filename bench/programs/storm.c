// SPDX-License-Identifier: Apache-2.0
// storm vfork|fork|exec COUNT [PER_SECOND]: that many children, each of which ends at once and is reaped at once, one after
// the other. Stays on one CPU, so that the scheduler's choices are not measured. Prints the wall time and the CPU time of
// itself and the children, in ns.
#define _GNU_SOURCE
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000, LIFETIME_S = 60 };

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (long long)NS_PER_S + now.tv_nsec;
}

static long long cpu_ns(void)
{
    long long sum = 0;
    for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
        struct rusage usage;
        getrusage(who, &usage);
        sum += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * (long long)NS_PER_S +
               (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
    }
    return sum;
}

static void sleep_until(long long ns)
{
    struct timespec when = {ns / NS_PER_S, ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) != 0) {
    }
}

static void die(const char *what)
{
    perror(what);
    _exit(70);
}

static pid_t start_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid;
}

static pid_t start_vfork(void)
{
    pid_t pid = vfork();
    if (pid == 0)
        _exit(0);
    return pid;
}

static pid_t start_exec(void)
{
    static char *const argv[] = {"true", NULL};
    static char *const envp[] = {NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve("/bin/true", argv, envp);
        _exit(127);
    }
    return pid;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 64;
    alarm(LIFETIME_S);
    pid_t (*start)(void) = strcmp(argv[1], "vfork") == 0  ? start_vfork
                           : strcmp(argv[1], "fork") == 0 ? start_fork
                                                          : start_exec;
    long count = atol(argv[2]);
    long per_second = argc > 3 ? atol(argv[3]) : 0;

    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(sched_getcpu(), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);

    long long began_cpu = cpu_ns();
    long long began = now_ns();
    for (long i = 0; i < count; i++) {
        if (per_second > 0)
            sleep_until(began + i * (NS_PER_S / per_second));
        int status;
        pid_t pid = start();
        if (pid < 0)
            die(argv[1]);
        if (waitpid(pid, &status, 0) != pid || status != 0)
            die("child");
    }
    printf("%lld %lld\n", now_ns() - began, cpu_ns() - began_cpu);
    return 0;
}
