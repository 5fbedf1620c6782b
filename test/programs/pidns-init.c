// The init of a pid namespace leaks. Without a handler the kernel drops a SIGTERM sent to it, also one from outside.
// pidns-init none|handler [COUNT] [COMM]
#include "common.h"
#include <sched.h>

static void leave(int signal)
{
    (void)signal;
    _exit(0);
}

int main(int argc, char **argv)
{
    begin();
    int told[2];
    if (pipe(told) != 0)
        fail("pipe");
    if (unshare(CLONE_NEWPID) != 0)
        fail("unshare");
    pid_t init = fork_tied();
    if (init == 0) {
        int count = number(argc, argv, 2, 2);
        if (strcmp(word(argc, argv, 1, "none"), "handler") == 0)
            signal(SIGTERM, leave);
        if (argc > 3)
            prctl(PR_SET_NAME, argv[3]);
        pid_t zombies[64];
        leak(zombies, count);
        if (write(told[1], &leaked_ms, sizeof leaked_ms) != sizeof leaked_ms)
            _exit(77);
        rest();
    }
    if (read(told[0], &leaked_ms, sizeof leaked_ms) != sizeof leaked_ms)
        fail("read");
    say("ready", "\"init\":%d", init);
    int status;
    waitpid(init, &status, 0);
    say("init-ended", "\"code\":%d,\"signal\":%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    rest();
}
