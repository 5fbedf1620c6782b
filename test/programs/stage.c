// The healthy supervisor under which a test runs its programs: starts what stdin asks for (one command a line, words
// separated by tabs), reaps promptly, tells how each ended, and as a subreaper leaves nothing behind when stdin ends.
#include "common.h"
#include <poll.h>
#include <sys/signalfd.h>

enum { MOST_STARTED = 512 };
static pid_t started[MOST_STARTED];
static int started_count, command_count;

static void start(char *command)
{
    char *words[64];
    int count = 0;
    for (char *rest_of = command, *next; count < 63 && (next = strsep(&rest_of, "\t")) != NULL;)
        words[count++] = next;
    words[count] = NULL;
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
        execv(words[0], words);
        fail(words[0]);
    }
    if (started_count == MOST_STARTED)
        _exit(72);
    started[started_count++] = pid;
    say("started", "\"command\":%d,\"child\":%d", command_count++, pid);
}

static void reap_all(int flags)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, flags)) > 0) {
        for (int i = 0; i < started_count; i++) {
            if (started[i] != pid)
                continue;
            say("ended", "\"child\":%d,\"code\":%d,\"signal\":%d", pid, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                WIFSIGNALED(status) ? WTERMSIG(status) : 0);
            started[i] = started[--started_count];
            break;
        }
    }
}

static void kill_all(void)
{
    char path[64], line[65536];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    for (;;) {
        int file = open(path, O_RDONLY);
        ssize_t size = file < 0 ? 0 : read(file, line, sizeof line - 1);
        if (file >= 0)
            close(file);
        if (size <= 0)
            return;
        line[size] = '\0';
        for (char *at = line, *next; (next = strchr(at, ' ')) != NULL; at = next + 1)
            kill(atoi(at), SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        sleep_ms(1);
    }
}

int main(void)
{
    main_pid = getpid();
    alarm(4 * LIFETIME_S);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {signalfd(-1, &chld, SFD_CLOEXEC), POLLIN, 0}};
    FILE *commands = fdopen(STDIN_FILENO, "r");
    setvbuf(commands, NULL, _IONBF, 0);
    char line[8192];
    say("ready", "");
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            fail("poll");
        if (fds[1].revents) {
            struct signalfd_siginfo info;
            if (read(fds[1].fd, &info, sizeof info) < 0)
                fail("signalfd");
            reap_all(WNOHANG);
        }
        if (fds[0].revents) {
            if (fgets(line, sizeof line, commands) == NULL)
                break;
            line[strcspn(line, "\n")] = '\0';
            start(line);
        }
    }
    kill_all();
    return 0;
}
