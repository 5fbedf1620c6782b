// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <node_api.h>
#include <uv.h>

// A file descriptor watched on the environment's own event loop: no thread, no timer. All methods are called on the JavaScript thread.
// The descriptor stays the caller's. The watch ends with Close(), or before the environment does.
class LoopPoll {
  public:
    using Callback = std::function<void()>;

    // Sets `*owner` to the new watch and, when the environment ends first, back to null. False, with a JavaScript exception
    // pending, if the loop refuses the descriptor.
    static bool Start(napi_env env, int fd, bool keeps_loop_alive, LoopPoll **owner, Callback on_readable);

    // Ends the watch at once (the descriptor may be closed), sets `*owner` to null, and frees the object once the loop has let go of it.
    void Close();

  private:
    LoopPoll() = default;
    ~LoopPoll() = default;
    static void OnCleanup(napi_async_cleanup_hook_handle handle, void *self);

    uv_poll_t poll_{};
    napi_async_cleanup_hook_handle cleanup_ = nullptr;
    Callback on_readable_;
    LoopPoll **owner_ = nullptr;
};
