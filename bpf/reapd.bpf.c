/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel side: which exits does nobody reap?
 *
 * An exit is noted in a queue and looked at once, when the settle time is over. By then nearly all have been reaped and
 * are forgotten without user space having woken up. Only what is still a zombie becomes a record in the ring buffer.
 *
 * Hooks. sched_process_exit runs for every thread; `signal->live == 0` is true from the moment the last thread of the group
 * has entered do_exit(), so it tells group death where `pid == tgid` does not (a leader may exit first; on exec from
 * another thread the old leader exits and the process lives). Two threads may both see it: the second is dropped when
 * the zombie is already known. sched_process_free is the only tracepoint that tells a reap; it runs one RCU grace period later,
 * and before the task's memory can be used again, which is why a task's address is a safe key and its pid is not.
 * From 6.16 the exit tracepoint comes before the teardown of the address space and has a second argument: it is ignored.
 *
 * Timer. Only tp_btf programs may use bpf_timer before 7.0. There is one, in an array element that is never deleted:
 * start/cancel races of per-element timers have been a source of kernel bugs. While `armed` is set only the callback
 * restarts it, so nobody can move a deadline that somebody else needs.
 */
#include "kernel.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "records.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define CLOCK_MONOTONIC 1
#define MS 1000000ull

/* One softirq run looks at no more than this many exits, then yields the CPU for a millisecond. */
#define DRAIN_BATCH 4096
/* A slot that its writer claimed but did not fill: looked at again after 1 ms, given up as lost after this many tries. */
#define COMMIT_TRIES 1000
/* A ring buffer without room: user space is behind, try again. */
#define RING_RETRY_NS (20 * MS)
/* The kernel nests pid namespaces at most 32 deep (MAX_PID_NS_LEVEL). */
#define PID_NS_LEVELS 33

/* Set before load. */
const volatile __u64 queue_slots = 65536; /* a power of two, the size of `exits` */
const volatile __u32 agent_pidns = 0;     /* inode number of the agent's pid namespace */

/* Set before attach and whenever the configuration changes. */
volatile __u64 settle_ns = 1000 * MS;
volatile __u64 queued_since_ns = 0; /* CLOCK_MONOTONIC; exits from then on are in the queue */
volatile __u64 slack_ns = 50 * MS;  /* how long a due exit may wait for others, so that a busy node drains in batches */

/* Written on every exit: a cache line of its own. */
volatile __u64 queue_tail __attribute__((aligned(64))) = 0;
/* Read on every exit or free, written rarely. */
volatile __u32 armed __attribute__((aligned(64))) = 0;
volatile __u64 standing = 0; /* entries in `zombies` */
/* Touched by the timer callback only, which never runs twice at once. */
volatile __u64 queue_head __attribute__((aligned(64))) = 0;
volatile __u32 commit_tries = 0;
struct reapd_losses losses = {};
struct reapd_losses losses_told = {};

volatile __u64 last_id = 0;
volatile __s64 sched_to_monotonic_ns = 0; /* scheduler clock + this = CLOCK_MONOTONIC; calibrated by each snapshot */

/* Keeps the records' types in the object's BTF, where the layout test reads them. */
const struct reapd_zombie *btf_zombie __attribute__((unused)) = 0;
const struct reapd_reaped *btf_reaped __attribute__((unused)) = 0;
const struct reapd_lost *btf_lost __attribute__((unused)) = 0;

struct exit_slot {
    __u64 leader;   /* address of the group leader's task_struct */
    __u64 start_ns; /* its start_boottime: the address alone may be used again */
    __u64 parent;   /* address of its parent's group leader: has it been inherited since? */
    __u64 exit_ns;  /* CLOCK_MONOTONIC */
    __u32 seq;      /* position in the queue + 1, written last */
    __u32 pad;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 65536);
    __type(key, __u32);
    __type(value, struct exit_slot);
} exits SEC(".maps");

struct standing_zombie {
    __u64 id;
    __u64 start_ns;
    __u64 exit_ns;
    __u64 flags;
};

/* Keyed by the leader's task address. Elements are allocated as needed: most nodes have none. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, 262144);
    __type(key, __u64);
    __type(value, struct standing_zombie);
} zombies SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 524288);
} ring SEC(".maps");

struct timer_cell {
    struct bpf_timer timer;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct timer_cell);
} timers SEC(".maps");

/* ---- what a task looks like ---- */

/*
 * A chain of up to three fields. `typed` is a constant: true where the verifier knows that the pointer is a task (a program's own
 * argument), so that plain loads do, which cannot fault either and cost a tenth; false for an address that was kept as a number.
 */
#define READ1(typed, p, a) ((typed) ? (p)->a : BPF_CORE_READ(p, a))
#define READ2(typed, p, a, b) ((typed) ? (p)->a->b : BPF_CORE_READ(p, a, b))

/* The number that the agent's pid namespace gives to a process, 0 if it has none there. */
static __always_inline __u32 agent_pid_of(struct task_struct *leader, bool typed)
{
    struct pid *pid = READ1(typed, leader, thread_pid);
    if (!pid) {
        return 0;
    }
    if (READ2(typed, pid, numbers[0].ns, ns.inum) == agent_pidns) { /* the initial namespace, on nearly every node */
        return READ1(typed, pid, numbers[0].nr);
    }
    __u32 level = READ1(typed, pid, level);
    const void *numbers = (const void *)pid + bpf_core_field_offset(struct pid, numbers);

    for (__u32 i = 1; i < PID_NS_LEVELS && i <= level; i++) {
        const struct upid *number = numbers + i * bpf_core_type_size(struct upid);
        if (BPF_CORE_READ(number, ns, ns.inum) == agent_pidns) {
            return BPF_CORE_READ(number, nr);
        }
    }
    return 0;
}

/* kernfs id of the v1 hierarchy that counts processes, 0 if that controller is on the v2 hierarchy. */
static __always_inline __u64 cgroup_v1_id(struct css_set *set, struct cgroup *v2)
{
    __u32 index;
    if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
        index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
    } else if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
        index = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
    } else {
        return 0;
    }
    struct cgroup_subsys_state *css = 0;
    const void *subsys = (const void *)set + bpf_core_field_offset(struct css_set, subsys);
    bpf_probe_read_kernel(&css, sizeof(css), subsys + index * sizeof(void *)); /* its index is known only at load */
    struct cgroup *cgroup = BPF_CORE_READ(css, cgroup);
    return cgroup == v2 ? 0 : BPF_CORE_READ(cgroup, kn, id);
}

/* What wait(2) would tell: the group's code once there is one, else the leader's (kernel/exit.c, wait_task_zombie). */
static __always_inline __s32 wait_status(struct task_struct *leader, struct signal_struct *signal, bool typed)
{
    return READ1(typed, signal, flags) & SIGNAL_GROUP_EXIT ? READ1(typed, signal, group_exit_code)
                                                           : READ1(typed, leader, exit_code);
}

/* Fills everything but id, exit_ns and flags. */
static __always_inline void describe(struct reapd_zombie *record, struct task_struct *leader, bool typed)
{
    struct task_struct *parent = READ2(typed, leader, real_parent, group_leader);
    struct task_struct *notified = READ2(typed, leader, parent, group_leader);
    struct css_set *set = READ1(typed, leader, cgroups);
    struct cgroup *v2 = READ1(typed, set, dfl_cgrp);

    record->type = REAPD_ZOMBIE;
    record->start_ns = READ1(typed, leader, start_boottime);
    record->parent_start_ns = READ1(typed, parent, start_boottime);
    record->cgroup_id = READ2(typed, v2, kn, id);
    record->cgroup_v1_id = cgroup_v1_id(set, v2);
    record->pid = agent_pid_of(leader, typed);
    record->parent_pid = agent_pid_of(parent, typed);
    record->tracer_pid = READ1(typed, leader, ptrace) && notified != parent ? agent_pid_of(notified, typed) : 0;
    record->uid = READ2(typed, leader, real_cred, uid.val);
    record->status = wait_status(leader, READ1(typed, leader, signal), typed);
    record->pad = 0;
    BPF_CORE_READ_INTO(&record->comm, leader, comm);
}

enum sight {
    SIGHT_REAPED,
    SIGHT_UNFINISHED, /* still tearing down, or a tracer is about to hand it over */
    SIGHT_ZOMBIE,
};

/*
 * What has become of an exit. The task may have been freed and its memory used for something else: probe reads cannot fault,
 * and a zombie must still be the leader of its own group that started at the noted instant.
 */
static __always_inline enum sight look_at(struct task_struct *leader, __u64 start_ns, bool typed)
{
    struct signal_struct *signal = READ1(typed, leader, signal);
    int state = READ1(typed, leader, exit_state);

    if (!signal || state == EXIT_DEAD || READ1(typed, leader, group_leader) != leader ||
        READ1(typed, leader, start_boottime) != start_ns) {
        return SIGHT_REAPED;
    }
    return state == EXIT_ZOMBIE && READ1(typed, signal, nr_threads) == 1 ? SIGHT_ZOMBIE : SIGHT_UNFINISHED;
}

/* ---- standing zombies ---- */

/*
 * How many standing zombies there are of each hash of the leader's address. One zombie anywhere makes every free on the node look
 * for it; the map's buckets are seldom in a cache, these 16 KiB are: measured 0.43 µs at free with, 0.19 µs without the miss.
 */
#define FILTER_BITS 12
volatile __u32 standing_by_hash[1 << FILTER_BITS] = {};

/* The verifier does not let a pointer be computed with: copies it as a number. */
static __always_inline __u64 number_of(__u64 pointer)
{
    __u64 number = 0;
    bpf_probe_read_kernel(&number, sizeof(number), &pointer);
    return number;
}

static __always_inline volatile __u32 *filter_cell(__u64 leader)
{
    __u32 index = (__u32)(leader * 0x9E3779B97F4A7C15ull >> (64 - FILTER_BITS)) & ((1 << FILTER_BITS) - 1);
    return &standing_by_hash[index];
}

#define EEXIST 17

/*
 * Remembers a zombie until it is freed. `known` is what stands at its address: a free event that was missed, or nothing. False if the
 * timer and a snapshot met on two CPUs and the other one was first: then its number stands.
 */
static __always_inline bool remember(__u64 leader, struct standing_zombie *known, const struct standing_zombie *zombie)
{
    if (known) {
        *known = *zombie;
        return true;
    }
    long err = bpf_map_update_elem(&zombies, &leader, zombie, BPF_NOEXIST);
    if (err == -EEXIST) {
        return false;
    }
    if (err) {
        __sync_fetch_and_add(&losses.map_full, 1);
    } else {
        __sync_fetch_and_add(filter_cell(number_of(leader)), 1);
        __sync_fetch_and_add(&standing, 1);
    }
    return true;
}

static __always_inline bool is_known(__u64 leader, __u64 start_ns)
{
    struct standing_zombie *known = bpf_map_lookup_elem(&zombies, &leader);
    return known && known->start_ns == start_ns;
}

/* Tells user space of a zombie and remembers it. False if the ring buffer has no room: nothing has happened then. */
static __always_inline bool announce(struct task_struct *leader, __u64 parent_at_exit, __u64 exit_ns)
{
    struct reapd_zombie *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    if (!record) {
        return false;
    }
    describe(record, leader, false);
    record->id = __sync_fetch_and_add(&last_id, 1) + 1;
    record->exit_ns = exit_ns;
    record->flags = REAPD_EXIT_KNOWN;
    if ((__u64)BPF_CORE_READ(leader, real_parent, group_leader) != parent_at_exit) {
        record->flags |= REAPD_INHERITED;
    }

    struct standing_zombie zombie = {
        .id = record->id,
        .start_ns = record->start_ns,
        .exit_ns = exit_ns,
        .flags = record->flags,
    };
    __u64 address = (__u64)leader;
    struct standing_zombie *known = bpf_map_lookup_elem(&zombies, &address);
    if ((known && known->start_ns == zombie.start_ns) || !remember(address, known, &zombie)) {
        bpf_ringbuf_discard(record, 0); /* a snapshot has just told of it */
        return true;
    }
    bpf_ringbuf_submit(record, 0);
    return true;
}

/* ---- the queue of exits ---- */

/*
 * A claimed position is this CPU's alone until the queue has gone round once, which takes `queue_slots` exits within
 * one run of this function with preemption off. Value-returning atomics are full barriers (also on arm64): the slot's fields
 * are visible before its sequence number is.
 */
static __always_inline void append(__u64 leader, __u64 start_ns, __u64 parent, __u64 exit_ns)
{
    __u64 position = __sync_fetch_and_add(&queue_tail, 1);
    __u32 index = position & (queue_slots - 1);
    struct exit_slot *slot = bpf_map_lookup_elem(&exits, &index);
    if (!slot) {
        return;
    }
    slot->leader = leader;
    slot->start_ns = start_ns;
    slot->parent = parent;
    slot->exit_ns = exit_ns;
    __sync_lock_test_and_set(&slot->seq, (__u32)(position + 1));
}

struct drain {
    __u64 now;
    __u64 next; /* when to look again, 0 = the queue is empty */
};

/* Looks at the oldest exit of the queue. Returns 1 to end the drain. */
static long drain_one(__u32 round __attribute__((unused)), struct drain *drain)
{
    __u64 head = queue_head;
    __u64 behind = queue_tail - head;

    if (behind == 0) {
        drain->next = 0;
        return 1;
    }
    if (behind > queue_slots) {
        losses.queue_overrun += behind - queue_slots;
        queued_since_ns = drain->now;
        head += behind - queue_slots;
        queue_head = head;
    }
    __u32 index = head & (queue_slots - 1);
    struct exit_slot *slot = bpf_map_lookup_elem(&exits, &index);
    if (!slot) {
        return 1;
    }
    __s32 ahead = __sync_fetch_and_add(&slot->seq, 0) - (__u32)(head + 1);
    struct exit_slot exit = *slot;

    if (ahead < 0 && commit_tries < COMMIT_TRIES) {
        commit_tries++;
        drain->next = drain->now + MS;
        return 1;
    }
    commit_tries = 0;
    if (ahead != 0 || __sync_fetch_and_add(&slot->seq, 0) != (__u32)(head + 1)) { /* overwritten while we looked */
        losses.queue_overrun++;
        queued_since_ns = drain->now;
        queue_head = head + 1;
        return 0;
    }
    __u64 due = exit.exit_ns + settle_ns;
    if (due > drain->now) {
        drain->next = due > drain->now + slack_ns ? due : drain->now + slack_ns;
        return 1;
    }
    struct task_struct *leader = (struct task_struct *)exit.leader;
    enum sight sight = look_at(leader, exit.start_ns, false);

    if (sight == SIGHT_ZOMBIE && !is_known(exit.leader, exit.start_ns) &&
        !announce(leader, exit.parent, exit.exit_ns)) {
        drain->next = drain->now + RING_RETRY_NS;
        return 1;
    }
    queue_head = head + 1;
    if (sight == SIGHT_UNFINISHED) {
        /*
         * To the end of the queue, due one settle time from now like everything there: order is kept, nothing waits behind it. Its
         * parent could not have reaped it so far, so that its age counts from now.
         */
        append(exit.leader, exit.start_ns, exit.parent, drain->now);
    }
    return 0;
}

/* Tells user space of losses that it does not know of. False if the ring buffer has no room. */
static __always_inline bool tell_losses(void)
{
    struct reapd_losses now = losses;
    if (now.queue_overrun == losses_told.queue_overrun && now.ring_full == losses_told.ring_full &&
        now.map_full == losses_told.map_full) {
        return true;
    }
    struct reapd_lost *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    if (!record) {
        return false;
    }
    record->type = REAPD_LOST;
    record->pad = 0;
    record->losses = now;
    losses_told = now;
    bpf_ringbuf_submit(record, 0);
    return true;
}

static int on_timer(void *map __attribute__((unused)), __u32 *key __attribute__((unused)), struct timer_cell *cell)
{
    struct drain drain = {.now = bpf_ktime_get_ns()};
    drain.next = drain.now + MS; /* stands if the batch ends before the queue does */

    bpf_loop(DRAIN_BATCH, drain_one, &drain, 0);
    if (!tell_losses() && drain.next == 0) {
        drain.next = drain.now + RING_RETRY_NS;
    }
    if (drain.next == 0) {
        __sync_lock_test_and_set(&armed, 0);
        /* An exit that came after the drain saw `armed` set and left the timer to us. */
        if (queue_tail == queue_head || __sync_lock_test_and_set(&armed, 1)) {
            return 0;
        }
        drain.next = drain.now + slack_ns;
    }
    __u64 now = bpf_ktime_get_ns();
    if (bpf_timer_start(&cell->timer, drain.next > now ? drain.next - now : 0, 0)) {
        __sync_lock_test_and_set(&armed, 0);
    }
    return 0;
}

static __always_inline void arm(void)
{
    if (armed || __sync_lock_test_and_set(&armed, 1)) {
        return;
    }
    __u32 index = 0;
    struct timer_cell *cell = bpf_map_lookup_elem(&timers, &index);
    if (!cell) {
        return;
    }
    bpf_timer_init(&cell->timer, &timers, CLOCK_MONOTONIC); /* -EBUSY from the second time on */
    bpf_timer_set_callback(&cell->timer, on_timer);
    if (bpf_timer_start(&cell->timer, settle_ns, 0)) {
        __sync_lock_test_and_set(&armed, 0);
    }
}

/* ---- the programs ---- */

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
    if (task->signal->live.counter != 0) {
        return 0;
    }
    struct task_struct *leader = task->group_leader;
    __u64 now = bpf_ktime_get_ns();

    if (settle_ns == 0) {
        if (!is_known((__u64)leader, leader->start_boottime) &&
            !announce(leader, (__u64)leader->real_parent->group_leader, now)) {
            __sync_fetch_and_add(&losses.ring_full, 1);
            arm();
        }
        return 0;
    }
    append((__u64)leader, leader->start_boottime, (__u64)leader->real_parent->group_leader, now);
    arm();
    return 0;
}

SEC("tp_btf/sched_process_free")
int BPF_PROG(on_free, struct task_struct *task)
{
    if (standing == 0) {
        return 0;
    }
    __u64 address = (__u64)task;
    volatile __u32 *cell = filter_cell(number_of(address));
    if (*cell == 0) {
        return 0;
    }
    struct standing_zombie *zombie = bpf_map_lookup_elem(&zombies, &address);
    if (!zombie) {
        return 0;
    }
    struct reapd_reaped *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    if (record) {
        record->type = REAPD_REAPED;
        record->pad = 0;
        record->id = zombie->id;
        bpf_ringbuf_submit(record, 0);
    } else {
        __sync_fetch_and_add(&losses.ring_full, 1);
        arm();
    }
    if (!bpf_map_delete_elem(&zombies, &address)) {
        __sync_fetch_and_add(cell, -1);
        __sync_fetch_and_add(&standing, -1);
    }
    return 0;
}

/*
 * The scheduler stamps a task when it gets a CPU; the reader has slept a moment before it reads, so its own stamp is of just now.
 */
static __always_inline void calibrate(void)
{
    struct task_struct *current = bpf_get_current_task_btf();
    sched_to_monotonic_ns = bpf_ktime_get_ns() - current->sched_info.last_arrival;
}

/*
 * When a zombie died that nobody saw dying: when it left its CPU for the last time. It got there at sched_info.last_arrival, and its
 * run time was last accounted, while it died, at se.exec_start. That is on the CPU's task clock, which falls behind the scheduler clock
 * by what the hypervisor and interrupts take: what they took since the death makes the zombie look younger. But it did not stay longer
 * than it ever ran. (prev_sum_exec_runtime is no help: do_exit() moves the task out of its autogroup, which sets it anew.)
 * That is the leader's death; it is the group's too if there never was another thread, or if the leader was taken down with
 * the group. A leader that left by pthread_exit() may be long dead before its group is: then the flag stays unset.
 */
static __always_inline void estimate_death(struct reapd_zombie *record, struct task_struct *leader)
{
    record->exit_ns = 0;
    record->flags = 0;
    if (!bpf_core_field_exists(leader->sched_info.last_arrival)) {
        return;
    }
    __u64 arrival = leader->sched_info.last_arrival;
    __u64 latest = arrival + leader->se.sum_exec_runtime;
    __u64 death = latest;
    if (bpf_core_field_exists(leader->se.cfs_rq)) {
        struct rq *rq = BPF_CORE_READ(leader, se.cfs_rq, rq);
        death = leader->se.exec_start + BPF_CORE_READ(rq, clock) - BPF_CORE_READ(rq, clock_task);
    }
    death = death > latest ? latest : death;
    death = death < arrival ? arrival : death;
    record->exit_ns = death + sched_to_monotonic_ns;

    struct signal_struct *signal = leader->signal;
    int code = leader->exit_code;
    if (signal->sum_sched_runtime == 0 || leader->flags & PF_SIGNALED ||
        (code != 0 && code == signal->group_exit_code)) {
        record->flags = REAPD_EXIT_KNOWN;
    }
}

/* The queue will tell of it, and knows more: the exact time, and whether its parent has changed since. */
static __always_inline bool is_in_queue(const struct reapd_zombie *record)
{
    return record->flags & REAPD_EXIT_KNOWN && queued_since_ns != 0 && record->exit_ns > queued_since_ns &&
           bpf_ktime_get_ns() - record->exit_ns < settle_ns + slack_ns;
}

/* Every zombie of the reader's pid namespace, but those that the queue has yet to look at. Runs inside an RCU read section: a task seen as a zombie here is not freed before it is remembered. */
SEC("iter/task")
int snapshot(struct bpf_iter__task *ctx)
{
    struct task_struct *task = ctx->task;
    if (ctx->meta->seq_num == 0) {
        calibrate();
    }
    if (!task || task->exit_state != EXIT_ZOMBIE || task->group_leader != task ||
        look_at(task, task->start_boottime, true) != SIGHT_ZOMBIE) {
        return 0;
    }
    struct reapd_zombie record = {};
    __u64 address = (__u64)task;

    describe(&record, task, true);
    struct standing_zombie *known = bpf_map_lookup_elem(&zombies, &address);
    if (known && known->start_ns == record.start_ns) {
        record.id = known->id;
        record.exit_ns = known->exit_ns;
        record.flags = known->flags;
    } else {
        estimate_death(&record, task);
        if (is_in_queue(&record)) {
            return 0;
        }
        record.id = __sync_fetch_and_add(&last_id, 1) + 1;
        struct standing_zombie zombie = {
            .id = record.id,
            .start_ns = record.start_ns,
            .exit_ns = record.exit_ns,
            .flags = record.flags,
        };
        if (!remember(address, known, &zombie)) {
            known = bpf_map_lookup_elem(&zombies, &address);
            if (known) {
                record.id = known->id;
                record.exit_ns = known->exit_ns;
                record.flags = known->flags;
            }
        }
    }
    bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
    return 0;
}
