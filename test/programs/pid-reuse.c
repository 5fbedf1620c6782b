// A leaker ends on SIGTERM, and an innocent process gets its pid at once (clone3 with set_tid, needs root).
// Says `reused` when the innocent lives, and `innocent-died` should anybody kill it.
#include "common.h"
#include <linux/sched.h>

static pid_t fork_as(pid_t wanted)
{
    struct clone_args args = {.exit_signal = SIGCHLD, .set_tid = (unsigned long)&wanted, .set_tid_size = 1};
    for (int tries = 0; tries < 1000; tries++) {
        long pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid >= 0)
            return (pid_t)pid;
        if (errno != EEXIST)
            break;
    }
    fail("clone3");
    return -1;
}

int main(void)
{
    begin();
    int told[2];
    if (pipe(told) != 0)
        fail("pipe");
    pid_t leaker = fork_tied();
    if (leaker == 0) {
        pid_t zombies[3];
        leak(zombies, 3);
        if (write(told[1], &leaked_ms, sizeof leaked_ms) != sizeof leaked_ms)
            _exit(78);
        rest();
    }
    if (read(told[0], &leaked_ms, sizeof leaked_ms) != sizeof leaked_ms)
        fail("read");
    say("ready", "\"leaker\":%d", leaker);

    int status;
    waitpid(leaker, &status, 0);
    pid_t innocent = fork_as(leaker);
    if (innocent == 0) {
        alarm(LIFETIME_S);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        rest();
    }
    say("reused", "\"innocent\":%d,\"signal\":%d", innocent, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    waitpid(innocent, &status, 0);
    say("innocent-died", "\"signal\":%d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return 1;
}
