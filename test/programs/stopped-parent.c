// A leaking parent that is stopped: SIGTERM stays pending, only SIGKILL gets through.
#include "common.h"

int main(void)
{
    begin();
    pid_t zombies[2];
    leak(zombies, 2);
    say("ready", "\"zombies\":[%s]", list(zombies, 2));
    raise(SIGSTOP);
    rest();
}
