/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records that the programs write and user space reads: the one definition.
 * Fixed widths, explicit padding, host byte order. src/source/decode-records.ts reads the same bytes;
 * test/native/record-layout.test.ts holds its offsets against the BTF of the built object.
 */
#ifndef REAPD_RECORDS_H
#define REAPD_RECORDS_H

#include <linux/types.h>

#define REAPD_COMM_LEN 16

enum reapd_record_type {
    REAPD_ZOMBIE = 1, /* an exit that was still unreaped when the settle time was over */
    REAPD_REAPED = 2, /* a zombie told of before has been reaped */
    REAPD_LOST = 3,   /* something was not told: cumulative counters */
};

/* The time of death is known; unset, it is only an upper bound of the age and first sight counts. */
#define REAPD_EXIT_KNOWN 1u
/* The parent is not the one that it had when it died. */
#define REAPD_INHERITED 2u

struct reapd_zombie {
    __u32 type;
    __u32 flags;
    __u64 id;              /* serial number, never used twice while the object is loaded */
    __u64 exit_ns;         /* CLOCK_MONOTONIC, when the whole group was dead */
    __u64 start_ns;        /* CLOCK_BOOTTIME, task_struct.start_boottime of the leader */
    __u64 parent_start_ns; /* the same of real_parent's leader */
    __u64 cgroup_id;       /* kernfs id on the v2 hierarchy */
    __u64 cgroup_v1_id;    /* kernfs id on the v1 pids (else memory) hierarchy, 0 where that is v2 */
    __u32 pid;             /* as the agent's pid namespace numbers it, 0 = not visible from there */
    __u32 parent_pid;
    __u32 tracer_pid; /* a tracer that is not the parent, else 0 */
    __u32 uid;        /* real uid in the initial user namespace */
    __s32 status;     /* wait(2) status word */
    __u32 pad;
    char comm[REAPD_COMM_LEN];
};

struct reapd_reaped {
    __u32 type;
    __u32 pad;
    __u64 id;
};

/* Counted since the object was loaded. */
struct reapd_losses {
    __u64 queue_overrun; /* exits overwritten in the queue before they were looked at */
    __u64 ring_full;     /* reaps for which the ring buffer had no room */
    __u64 map_full;      /* zombies that the zombies map had no room for */
};

struct reapd_lost {
    __u32 type;
    __u32 pad;
    struct reapd_losses losses;
};

#endif
