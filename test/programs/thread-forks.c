// Children of a thread belong to the process.   thread-forks lives|exits|dead-leader
// lives: the forking thread stays. exits: it ends, the leader stays. dead-leader: the leader has ended before.
#include "common.h"

static const char *mode;

static void *fork_here(void *unused)
{
    (void)unused;
    if (strcmp(mode, "dead-leader") == 0)
        await_state(main_pid, 'Z');
    pid_t zombies[2];
    leak(zombies, 2);
    if (strcmp(mode, "exits") == 0)
        return NULL;
    say("ready", "\"zombies\":[%s]", list(zombies, 2));
    rest();
    return NULL;
}

int main(int argc, char **argv)
{
    begin();
    mode = word(argc, argv, 1, "lives");
    pthread_t thread;
    if (pthread_create(&thread, NULL, fork_here, NULL) != 0)
        fail("pthread_create");
    if (strcmp(mode, "dead-leader") == 0)
        pthread_exit(NULL);
    pthread_join(thread, NULL);
    say("ready", "");
    rest();
}
