// exec from a thread that is not the leader: the old leader's task ends while the process lives on under its pid.
// exec-from-thread reaped [ROUNDS]|lives
// reaped: short lives, each waited for. lives: one long life, not waited for.
#include "common.h"

static char *after_exec[] = {"exec-from-thread", "", NULL};

static void *execute(void *how)
{
    after_exec[1] = how;
    execv("/proc/self/exe", after_exec);
    _exit(79);
}

static pid_t start(char *how)
{
    int executed[2];
    char byte;
    if (pipe2(executed, O_CLOEXEC) != 0)
        fail("pipe2");
    pid_t child = fork_tied();
    if (child == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, execute, how) != 0)
            _exit(79);
        rest();
    }
    close(executed[1]);
    if (read(executed[0], &byte, 1) != 0)
        fail("read"); // the end of the stream: exec closed it
    close(executed[0]);
    return child;
}

int main(int argc, char **argv)
{
    begin();
    const char *mode = word(argc, argv, 1, "reaped");
    if (strcmp(mode, "end") == 0)
        return 0;
    if (strcmp(mode, "rest") == 0)
        rest();
    pid_t child = 0;
    if (strcmp(mode, "lives") == 0) {
        child = start("rest");
    } else {
        for (int i = number(argc, argv, 2, 100); i > 0; i--)
            waitpid(start("end"), NULL, 0);
    }
    say("ready", "\"child\":%d", child);
    rest();
}
