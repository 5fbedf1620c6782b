// SPDX-License-Identifier: Apache-2.0
// meter: for as long as its standard input is open, the kernel counts the run time of every BPF program
// (BPF_ENABLE_STATS: no sysctl to restore), and an empty program runs at every exit, to compare with. Says `ready`.
// The counters are in /proc/PID/fdinfo of whoever holds a program.
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr) { return (int)syscall(SYS_bpf, command, attr, sizeof *attr); }

static int fail(const char *what)
{
    perror(what);
    return 70;
}

int main(void)
{
    union bpf_attr stats = {.enable_stats.type = BPF_STATS_RUN_TIME};
    if (bpf(BPF_ENABLE_STATS, &stats) < 0)
        return fail("BPF_ENABLE_STATS");

    const struct bpf_insn empty[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr load = {
        .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
        .insns = (uintptr_t)empty,
        .insn_cnt = sizeof empty / sizeof empty[0],
        .license = (uintptr_t) "GPL",
        .prog_name = "empty",
    };
    int program = bpf(BPF_PROG_LOAD, &load);
    if (program < 0)
        return fail("BPF_PROG_LOAD");

    union bpf_attr attach = {
        .raw_tracepoint.name = (uintptr_t) "sched_process_exit",
        .raw_tracepoint.prog_fd = program,
    };
    if (bpf(BPF_RAW_TRACEPOINT_OPEN, &attach) < 0)
        return fail("BPF_RAW_TRACEPOINT_OPEN");

    puts("ready");
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    return 0;
}
