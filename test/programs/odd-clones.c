// Zombies that were not made by fork().   odd-clones vfork|parent|silent
// parent: CLONE_PARENT makes a grandchild a child. silent: no exit signal, so that a plain wait() never finds it.
#include "common.h"
#include <sched.h>

static pid_t raw_clone(unsigned long flags) { return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0); }

int main(int argc, char **argv)
{
    begin();
    const char *mode = word(argc, argv, 1, "vfork");
    pid_t zombie;
    leak_begins();
    if (strcmp(mode, "vfork") == 0) {
        zombie = vfork();
        if (zombie == 0)
            _exit(LEAKED_EXIT_CODE);
    } else if (strcmp(mode, "silent") == 0) {
        zombie = raw_clone(0);
        if (zombie == 0)
            _exit(LEAKED_EXIT_CODE);
        while (wait(NULL) > 0) {
        }
    } else {
        int told[2];
        if (pipe(told) != 0)
            fail("pipe");
        pid_t middle = fork_tied();
        if (middle == 0) {
            pid_t sibling = raw_clone(CLONE_PARENT | SIGCHLD);
            if (sibling == 0)
                _exit(LEAKED_EXIT_CODE);
            _exit(write(told[1], &sibling, sizeof sibling) == sizeof sibling ? 0 : 80);
        }
        waitpid(middle, NULL, 0);
        if (read(told[0], &zombie, sizeof zombie) != sizeof zombie)
            fail("read");
    }
    await_zombie(zombie);
    say("ready", "\"zombies\":[%d]", zombie);
    rest();
}
