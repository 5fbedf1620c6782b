// SPDX-License-Identifier: Apache-2.0
#include "loop_poll.h"

bool LoopPoll::Start(napi_env env, int fd, bool keeps_loop_alive, LoopPoll **owner, Callback on_readable)
{
    uv_loop_t *loop = nullptr;
    if (napi_get_uv_event_loop(env, &loop) != napi_ok) {
        napi_throw_error(env, nullptr, "no event loop in this environment");
        return false;
    }
    auto *self = new LoopPoll();
    if (int err = uv_poll_init(loop, &self->poll_, fd); err != 0) {
        delete self;
        napi_throw_error(env, uv_err_name(err), "cannot watch the descriptor on the event loop");
        return false;
    }
    self->on_readable_ = std::move(on_readable);
    self->owner_ = owner;
    self->poll_.data = self;
    napi_add_async_cleanup_hook(env, OnCleanup, self, &self->cleanup_);
    uv_poll_start(&self->poll_, UV_READABLE,
                  [](uv_poll_t *poll, int, int) { static_cast<LoopPoll *>(poll->data)->on_readable_(); });
    if (!keeps_loop_alive) {
        uv_unref(reinterpret_cast<uv_handle_t *>(&self->poll_));
    }
    *owner = self;
    return true;
}

void LoopPoll::Close()
{
    if (uv_is_closing(reinterpret_cast<uv_handle_t *>(&poll_))) {
        return;
    }
    *owner_ = nullptr;
    uv_poll_stop(&poll_);
    uv_close(reinterpret_cast<uv_handle_t *>(&poll_), [](uv_handle_t *handle) {
        auto *self = static_cast<LoopPoll *>(handle->data);
        napi_remove_async_cleanup_hook(self->cleanup_);
        delete self;
    });
}

void LoopPoll::OnCleanup(napi_async_cleanup_hook_handle, void *self) { static_cast<LoopPoll *>(self)->Close(); }
