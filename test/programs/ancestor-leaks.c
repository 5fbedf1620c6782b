// Leaks, and then starts the daemon itself: zombies of an ancestor of the daemon. A word @PID@ in the command becomes
// this program's pid; the control program is one more leaker in the same tree.   ancestor-leaks CONTROL COMMAND…
#include "common.h"

int main(int argc, char **argv)
{
    if (argc < 3)
        return 64;
    begin();
    char self[64];
    for (int i = 2; i < argc; i++) {
        char *place = strstr(argv[i], "@PID@");
        if (place == NULL)
            continue;
        snprintf(self, sizeof self, "%.*s%d", (int)(place - argv[i]), argv[i], getpid());
        argv[i] = self;
    }
    pid_t zombies[2];
    leak(zombies, 2);
    pid_t control = fork_tied();
    if (control == 0) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execv(argv[1], (char *[]){argv[1], NULL});
        fail(argv[1]);
    }
    pid_t daemon_pid = fork_tied();
    if (daemon_pid == 0) {
        execvp(argv[2], argv + 2);
        fail(argv[2]);
    }
    int status;
    waitpid(daemon_pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
