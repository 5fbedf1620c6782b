// A subreaper that waits for its own child only, not for what it inherits.   subreaper orphans|zombies|kept [MS]
// orphans: the child leaves running orphans, which then end.
// zombies: the child leaks zombies, holds them for MS and ends; they arrive already old.
// kept:    the child leaks zombies and stays, until somebody ends it.
#include "common.h"

static void middle(const char *mode, int hold_ms, int report)
{
    pid_t zombies[2];
    if (strcmp(mode, "orphans") == 0) {
        for (int i = 0; i < 2; i++) {
            zombies[i] = fork_loose();
            if (zombies[i] == 0) {
                sleep_ms(300);
                _exit(LEAKED_EXIT_CODE);
            }
        }
    } else {
        leak(zombies, 2);
    }
    if (write(report, zombies, sizeof zombies) != sizeof zombies)
        _exit(76);
    if (strcmp(mode, "kept") == 0)
        rest();
    sleep_ms(hold_ms);
    _exit(0);
}

int main(int argc, char **argv)
{
    begin();
    const char *mode = word(argc, argv, 1, "orphans");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int report[2];
    if (pipe(report) != 0)
        fail("pipe");
    leak_begins();
    pid_t child = fork_tied();
    if (child == 0)
        middle(mode, number(argc, argv, 2, 0), report[1]);
    pid_t zombies[2];
    if (read(report[0], zombies, sizeof zombies) != sizeof zombies)
        fail("read");
    say("ready", "\"child\":%d,\"zombies\":[%s]", child, list(zombies, 2));
    waitpid(child, NULL, 0);
    for (int i = 0; i < 2; i++)
        await_zombie(zombies[i]);
    say("inherited", "");
    rest();
}
