// A storm of healthy exits with real offenders hidden in it.   burst [HEALTHY] [PARENTS] [ZOMBIES_EACH]
#include "common.h"

enum { MOST = 200 };
static pid_t parents[MOST];
static int parent_count, ended, ended_by_term;

static void note_end(pid_t pid, int status)
{
    for (int i = 0; i < parent_count; i++) {
        if (parents[i] != pid)
            continue;
        ended++;
        ended_by_term += WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
    }
}

// Apart, because vfork() may clobber the locals of its caller.
static __attribute__((noinline)) void healthy_exit(void)
{
    pid_t pid = vfork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    begin();
    int healthy = number(argc, argv, 1, 20000), wanted = number(argc, argv, 2, 50), each = number(argc, argv, 3, 10);
    int status;
    pid_t pid;
    for (int i = 0; i < healthy; i++) {
        if (i % (healthy / wanted) == 0 && parent_count < wanted) {
            pid = parents[parent_count++] = fork_tied();
            if (pid == 0) {
                pid_t zombies[64];
                leak(zombies, each);
                rest();
            }
        }
        healthy_exit();
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            note_end(pid, status);
    }
    say("ready", "\"parents\":[%s]", list(parents, parent_count));
    while (ended < parent_count && (pid = wait(&status)) > 0)
        note_end(pid, status);
    say("all-ended", "\"byTerm\":%d", ended_by_term);
    rest();
}
