// Leaks a child that a signal killed: the zombie's status is a signal, not an exit code.
#include "common.h"

int main(void)
{
    begin();
    leak_begins();
    pid_t child = fork_tied();
    if (child == 0)
        raise(SIGKILL);
    await_zombie(child);
    say("ready", "\"zombies\":[%d]", child);
    rest();
}
