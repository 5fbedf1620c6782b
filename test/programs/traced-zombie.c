// A zombie that its tracer holds: the parent is blocked in wait() and cannot get it. On SIGUSR1 the tracer ends,
// and the parent reaps.
#include "common.h"
#include <sys/ptrace.h>

static pid_t tracer;

static void end_tracer(int signal)
{
    (void)signal;
    kill(tracer, SIGKILL);
}

int main(void)
{
    begin();
    int child_pid[2], may_die[2];
    if (pipe(child_pid) != 0 || pipe(may_die) != 0)
        fail("pipe");
    pid_t parent = fork_tied();
    if (parent == 0) {
        pid_t child = fork_tied();
        if (child == 0) {
            char byte;
            close(may_die[1]);
            _exit(read(may_die[0], &byte, 1) == 1 ? 0 : 75);
        }
        if (write(child_pid[1], &child, sizeof child) != sizeof child)
            _exit(75);
        waitpid(child, NULL, 0);
        say("reaped", "");
        rest();
    }
    pid_t child;
    if (read(child_pid[0], &child, sizeof child) != sizeof child)
        fail("read");
    int seized[2];
    if (pipe(seized) != 0)
        fail("pipe");
    tracer = fork_tied();
    if (tracer == 0) {
        long result = ptrace(PTRACE_SEIZE, child, 0, 0);
        if (write(seized[1], &result, sizeof result) != sizeof result)
            _exit(75);
        rest();
    }
    long result;
    if (read(seized[0], &result, sizeof result) != sizeof result || result != 0)
        fail("ptrace");
    leak_begins();
    if (write(may_die[1], "x", 1) != 1)
        fail("write");
    await_state(child, 'Z');
    signal(SIGUSR1, end_tracer);
    say("ready", "\"parent\":%d,\"tracer\":%d,\"zombies\":[%d]", parent, tracer, child);
    for (pid_t gone = wait(NULL); gone > 0 || errno == EINTR; gone = wait(NULL)) {
    }
    return 0;
}
