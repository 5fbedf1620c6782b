/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Only the kernel types and fields that the programs read. Offsets here are meaningless: CO-RE relocates every
 * access against the running kernel's BTF, by name. Fields are stable from 5.8 to 7.2 unless a comment says more.
 */
#ifndef REAPD_KERNEL_H
#define REAPD_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>

#define RELOCATED __attribute__((preserve_access_index))

/* include/linux/sched.h: values of task_struct.exit_state */
#define EXIT_DEAD 0x10
#define EXIT_ZOMBIE 0x20

/* include/linux/sched.h: killed by a signal, which includes being taken down by another thread's exit_group() */
#define PF_SIGNALED 0x00000400

/* include/linux/sched/signal.h: signal_struct.group_exit_code is what wait(2) tells */
#define SIGNAL_GROUP_EXIT 0x00000004

typedef struct {
    int counter;
} RELOCATED atomic_t;

struct ns_common {
    unsigned int inum;
} RELOCATED;

struct pid_namespace {
    struct ns_common ns;
} RELOCATED;

struct upid {
    int nr;
    struct pid_namespace *ns;
} RELOCATED;

struct pid {
    unsigned int level;
    struct upid numbers[1];
} RELOCATED;

typedef struct {
    unsigned int val;
} RELOCATED kuid_t;

struct cred {
    kuid_t uid;
} RELOCATED;

struct kernfs_node {
    __u64 id; /* u64 since 5.5 */
} RELOCATED;

struct cgroup {
    struct kernfs_node *kn;
} RELOCATED;

struct cgroup_subsys_state {
    struct cgroup *cgroup;
} RELOCATED;

/* Numbers depend on the configuration: always bpf_core_enum_value(). */
enum cgroup_subsys_id {
    memory_cgrp_id,
    pids_cgrp_id,
};

struct css_set {
    struct cgroup_subsys_state *subsys[1];
    struct cgroup *dfl_cgrp;
} RELOCATED;

struct signal_struct {
    atomic_t live; /* threads that have not entered do_exit() yet */
    int nr_threads;
    int group_exit_code;
    unsigned int flags;
    unsigned long long sum_sched_runtime; /* grows when a thread other than the last is released */
} RELOCATED;

struct sched_info {
    unsigned long long last_arrival; /* scheduler clock; needs CONFIG_SCHED_INFO */
} RELOCATED;

/* A CPU's run queue. Its task clock is the scheduler clock without the time that the hypervisor and interrupts took away. */
struct rq {
    __u64 clock;
    __u64 clock_task;
} RELOCATED;

struct cfs_rq {
    struct rq *rq; /* needs CONFIG_FAIR_GROUP_SCHED */
} RELOCATED;

struct sched_entity {
    __u64 exec_start; /* task clock when run time was last accounted: for a dead task, when it left the CPU */
    __u64 sum_exec_runtime;
    struct cfs_rq *cfs_rq; /* of the CPU it was last on, whatever its class; needs CONFIG_FAIR_GROUP_SCHED */
} RELOCATED;

struct task_struct {
    unsigned int flags;
    unsigned int ptrace;
    int exit_state;
    int exit_code;
    struct sched_entity se;
    struct sched_info sched_info;
    struct task_struct *real_parent;
    struct task_struct *parent;
    struct task_struct *group_leader;
    struct pid *thread_pid;
    __u64 start_boottime; /* since 5.5 */
    const struct cred *real_cred;
    char comm[16];
    struct css_set *cgroups;
    struct signal_struct *signal;
} RELOCATED;

struct seq_file;

struct bpf_iter_meta {
    struct seq_file *seq;
    __u64 session_id;
    __u64 seq_num;
} RELOCATED;

struct bpf_iter__task {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
} RELOCATED;

#endif
