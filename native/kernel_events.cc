// SPDX-License-Identifier: Apache-2.0
#include "kernel_events.h"

#include <cerrno>
#include <ctime>
#include <memory>

#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "errors.h"
#include "js_call.h"
#include "libbpf_log.h"
#include "loop_poll.h"
#include "records.h"
#include "snapshot.h"

#include "reapd.skel.h"

namespace {

// Records cross to JavaScript in batches of about this size; what is left waits for the next turn of the loop.
constexpr size_t kBatchBytes = 64 * 1024;
// Returned by OnRecord to make libbpf stop: no errno, so that it cannot be taken for one.
constexpr int kBatchFull = -4096;

uint64_t Number(const Napi::Object &options, const char *key)
{
    return static_cast<uint64_t>(options.Get(key).As<Napi::Number>().DoubleValue());
}

uint64_t RunCount(const bpf_program *program, uint64_t *run_ns, uint64_t *misses)
{
    bpf_prog_info info{};
    uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) {
        return 0;
    }
    *run_ns += info.run_time_ns;
    *misses += info.recursion_misses;
    return info.run_cnt;
}

} // namespace

Napi::Function KernelEvents::Define(Napi::Env env)
{
    return DefineClass(env, "KernelEvents",
                       {InstanceMethod<&KernelEvents::Start>("start"),
                        InstanceMethod<&KernelEvents::Snapshot>("snapshot"),
                        InstanceMethod<&KernelEvents::SetSettle>("setSettle"),
                        InstanceMethod<&KernelEvents::Stats>("stats"), InstanceMethod<&KernelEvents::Close>("close")});
}

// Loads: nothing is attached yet, so no exit is noted before Start().
KernelEvents::KernelEvents(const Napi::CallbackInfo &info)
    : Napi::ObjectWrap<KernelEvents>(info), context_(info.Env(), "reapd:kernel-events")
{
    const Napi::Env env = info.Env();
    const auto options = info[0].As<Napi::Object>();
    on_records_ = Napi::Persistent(info[1].As<Napi::Function>());

    struct stat pidns {};
    if (stat("/proc/self/ns/pid", &pidns) != 0) {
        throw SystemError(env, errno, "cannot read /proc/self/ns/pid", "namespace");
    }

    LibbpfLog log;
    bpf_ = reapd_bpf__open();
    if (bpf_ == nullptr) {
        throw SystemError(env, errno, "cannot open the BPF object", "open", log.Text());
    }
    const auto queue_slots = Number(options, "queueSlots");
    bpf_->rodata->queue_slots = queue_slots;
    bpf_->rodata->agent_pidns = static_cast<uint32_t>(pidns.st_ino);
    bpf_->data->settle_ns = Number(options, "settleNs");
    bpf_->data->slack_ns = Number(options, "slackNs");
    bpf_map__set_max_entries(bpf_->maps.exits, static_cast<uint32_t>(queue_slots));
    bpf_map__set_max_entries(bpf_->maps.zombies, static_cast<uint32_t>(Number(options, "maxZombies")));
    bpf_map__set_max_entries(bpf_->maps.ring, static_cast<uint32_t>(Number(options, "ringBytes")));

    if (const int err = reapd_bpf__load(bpf_); err != 0) {
        const Napi::Error error = SystemError(env, -err, "cannot load the BPF programs", "load", log.Text());
        Release();
        throw error;
    }
    ring_ = ring_buffer__new(bpf_map__fd(bpf_->maps.ring), OnRecord, this, nullptr);
    if (ring_ == nullptr) {
        const Napi::Error error = SystemError(env, errno, "cannot map the ring buffer", "ring", log.Text());
        Release();
        throw error;
    }
}

KernelEvents::~KernelEvents() { Release(); }

Napi::Value KernelEvents::Start(const Napi::CallbackInfo &info)
{
    const Napi::Env env = info.Env();
    if (bpf_ == nullptr || started_) {
        throw Napi::Error::New(env, "KernelEvents is closed or has been started");
    }
    LibbpfLog log;
    // Frees first: no zombie that the exit program tells of may miss its reap.
    struct {
        bpf_program *program;
        bpf_link **link;
    } const programs[] = {
        {bpf_->progs.on_free, &bpf_->links.on_free},
        {bpf_->progs.on_exit, &bpf_->links.on_exit},
        {bpf_->progs.snapshot, &bpf_->links.snapshot},
    };
    for (const auto &[program, link] : programs) {
        *link = bpf_program__attach(program);
        if (*link == nullptr) {
            const int err = errno;
            throw SystemError(env, err, std::string("cannot attach ") + bpf_program__name(program), "attach",
                              log.Text());
        }
    }
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    bpf_->bss->queued_since_ns = static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
    if (!LoopPoll::Start(env, ring_buffer__epoll_fd(ring_), true, &poll_, [this] { OnReadable(); })) {
        throw env.GetAndClearPendingException();
    }
    Ref(); // the kernel's events keep the object alive until close()
    started_ = true;
    return env.Undefined();
}

Napi::Value KernelEvents::Snapshot(const Napi::CallbackInfo &info)
{
    const Napi::Env env = info.Env();
    if (bpf_ == nullptr || bpf_->links.snapshot == nullptr) {
        throw Napi::Error::New(env, "KernelEvents is closed or has not been started");
    }
    std::vector<uint8_t> records;
    if (const int err = ReadTaskSnapshot(bpf_link__fd(bpf_->links.snapshot), records); err != 0) {
        throw SystemError(env, err, "cannot read the snapshot of tasks");
    }
    return Napi::Buffer<uint8_t>::Copy(env, records.data(), records.size());
}

Napi::Value KernelEvents::SetSettle(const Napi::CallbackInfo &info)
{
    if (bpf_ != nullptr) {
        bpf_->data->settle_ns = static_cast<uint64_t>(info[0].As<Napi::Number>().DoubleValue());
        bpf_->data->slack_ns = static_cast<uint64_t>(info[1].As<Napi::Number>().DoubleValue());
    }
    return info.Env().Undefined();
}

Napi::Value KernelEvents::Stats(const Napi::CallbackInfo &info)
{
    const Napi::Env env = info.Env();
    auto stats = Napi::Object::New(env);
    if (bpf_ == nullptr) {
        return stats;
    }
    uint64_t run_ns = 0;
    uint64_t misses = 0;
    const uint64_t exits = RunCount(bpf_->progs.on_exit, &run_ns, &misses);
    const uint64_t frees = RunCount(bpf_->progs.on_free, &run_ns, &misses);
    const auto set = [&](const char *key, uint64_t value) {
        stats.Set(key, Napi::Number::New(env, static_cast<double>(value)));
    };
    set("recursionMisses", misses);
    set("exitRuns", exits);
    set("freeRuns", frees);
    set("runNs", run_ns);
    set("exitsQueued", bpf_->bss->queue_tail);
    set("standing", bpf_->bss->standing);
    set("queueOverrun", bpf_->bss->losses.queue_overrun);
    set("ringFull", bpf_->bss->losses.ring_full);
    set("mapFull", bpf_->bss->losses.map_full);
    return stats;
}

Napi::Value KernelEvents::Close(const Napi::CallbackInfo &info)
{
    Release();
    if (started_) {
        started_ = false;
        Unref();
    }
    return info.Env().Undefined();
}

int KernelEvents::OnRecord(void *self, void *data, size_t size)
{
    auto &batch = static_cast<KernelEvents *>(self)->batch_;
    const auto *bytes = static_cast<const uint8_t *>(data);
    batch.insert(batch.end(), bytes, bytes + size);
    return batch.size() >= kBatchBytes ? kBatchFull : 0;
}

void KernelEvents::OnReadable()
{
    // A full batch leaves records in the ring: the descriptor stays readable and the loop comes back.
    ring_buffer__consume(ring_);
    if (batch_.empty()) {
        return;
    }
    const Napi::Env env = Env();
    const Napi::HandleScope scope(env);
    napi_value records = nullptr;
    const napi_status status = napi_create_buffer_copy(env, batch_.size(), batch_.data(), nullptr, &records);
    batch_.clear();
    if (status == napi_ok) {
        CallFromLoop(env, on_records_, context_, {records});
    }
}

// Detaches every link and frees every map: the last reference, so nothing stays in the kernel.
void KernelEvents::Release()
{
    if (poll_ != nullptr) {
        poll_->Close();
    }
    ring_buffer__free(ring_);
    ring_ = nullptr;
    reapd_bpf__destroy(bpf_);
    bpf_ = nullptr;
}
