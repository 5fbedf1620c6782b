// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <napi.h>

struct reapd_bpf;
struct ring_buffer;
class LoopPoll;

// The loaded BPF object: its programs attached, its ring buffer drained on the event loop. See KernelEvents in src/native/addon.ts.
class KernelEvents : public Napi::ObjectWrap<KernelEvents> {
  public:
    static Napi::Function Define(Napi::Env env);

    explicit KernelEvents(const Napi::CallbackInfo &info);
    ~KernelEvents() override;

  private:
    Napi::Value Start(const Napi::CallbackInfo &info);
    Napi::Value Snapshot(const Napi::CallbackInfo &info);
    Napi::Value SetSettle(const Napi::CallbackInfo &info);
    Napi::Value Stats(const Napi::CallbackInfo &info);
    Napi::Value Close(const Napi::CallbackInfo &info);

    static int OnRecord(void *self, void *data, size_t size);
    void OnReadable();
    void Release();

    reapd_bpf *bpf_ = nullptr;
    ring_buffer *ring_ = nullptr;
    LoopPoll *poll_ = nullptr;
    bool started_ = false;
    std::vector<uint8_t> batch_;
    Napi::FunctionReference on_records_;
    Napi::AsyncContext context_;
};
