// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

class LoopPoll;

// One process, held by a pidfd: means the same process for as long as it is open. See ProcessRef in src/native/addon.ts.
class ProcessRef : public Napi::ObjectWrap<ProcessRef> {
  public:
    static Napi::Function Define(Napi::Env env);

    explicit ProcessRef(const Napi::CallbackInfo &info);
    ~ProcessRef() override;

  private:
    Napi::Value Signal(const Napi::CallbackInfo &info);
    Napi::Value Close(const Napi::CallbackInfo &info);
    void OnExit();
    void Release();

    int fd_ = -1;
    LoopPoll *poll_ = nullptr;
    bool watched_ = false;
    Napi::FunctionReference on_exit_;
    Napi::AsyncContext context_;
};
