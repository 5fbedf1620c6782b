// SPDX-License-Identifier: Apache-2.0
#include "process_ref.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"
#include "js_call.h"
#include "loop_poll.h"

namespace {

// Field 22 of /proc/PID/stat, in ticks; -1 if the process is gone, or if errno is EMFILE or ENFILE. The name in field 2 is the
// process's own choice and may hold anything, so fields are counted from the last ')' (proc_pid_stat(5)).
long long StartTicks(int pid)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    char text[1024];
    const ssize_t length = read(fd, text, sizeof(text) - 1);
    close(fd);
    errno = 0;
    if (length <= 0) {
        return -1;
    }
    text[length] = '\0';
    const char *field = strrchr(text, ')');
    for (int number = 2; field != nullptr && number < 22; number++) {
        field = strchr(field + 1, ' ');
    }
    return field != nullptr ? strtoll(field + 1, nullptr, 10) : -1;
}

} // namespace

Napi::Function ProcessRef::Define(Napi::Env env)
{
    return DefineClass(env, "ProcessRef",
                       {InstanceMethod<&ProcessRef::Signal>("signal"), InstanceMethod<&ProcessRef::Close>("close")});
}

// The descriptor first, then the look: a process that has the expected start time now, and had it before the descriptor was
// opened, is the one that the descriptor means.
ProcessRef::ProcessRef(const Napi::CallbackInfo &info)
    : Napi::ObjectWrap<ProcessRef>(info), context_(info.Env(), "reapd:process-ref")
{
    const Napi::Env env = info.Env();
    const int pid = info[0].As<Napi::Number>().Int32Value();
    const auto start_ticks = info[1].As<Napi::Number>().Int64Value();

    fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (fd_ < 0) {
        // EINVAL, on newer kernels ENOENT: the number belongs to a thread by now, so the process is gone.
        const int err = errno == EINVAL || errno == ENOENT ? ESRCH : errno;
        throw SystemError(env, err, "cannot open process " + std::to_string(pid));
    }
    if (const auto ticks = StartTicks(pid); ticks != start_ticks) {
        const bool shortage = ticks < 0 && (errno == EMFILE || errno == ENFILE);
        const int err = shortage ? errno : ESRCH;
        Release();
        throw SystemError(env, err,
                          shortage ? "cannot look at process " + std::to_string(pid)
                                   : "process " + std::to_string(pid) + " is another one by now");
    }
    on_exit_ = Napi::Persistent(info[2].As<Napi::Function>());
    if (!LoopPoll::Start(env, fd_, false, &poll_, [this] { OnExit(); })) {
        Release();
        throw env.GetAndClearPendingException();
    }
    Ref(); // until it has exited or close() is called
    watched_ = true;
}

ProcessRef::~ProcessRef() { Release(); }

// undefined, or the errno's name (pidfd_send_signal(2)).
Napi::Value ProcessRef::Signal(const Napi::CallbackInfo &info)
{
    const Napi::Env env = info.Env();
    const int number = info[0].As<Napi::Number>().Int32Value();
    if (fd_ < 0) {
        return Napi::String::New(env, "ESRCH");
    }
    if (syscall(SYS_pidfd_send_signal, fd_, number, nullptr, 0) != 0) {
        return Napi::String::New(env, ErrnoName(errno));
    }
    return env.Undefined();
}

Napi::Value ProcessRef::Close(const Napi::CallbackInfo &info)
{
    Release();
    on_exit_.Reset(); // the callback knows this object: a cycle that no collector sees through
    if (watched_) {
        watched_ = false;
        Unref();
    }
    return info.Env().Undefined();
}

void ProcessRef::OnExit()
{
    const Napi::Env env = Env();
    const Napi::HandleScope scope(env);
    poll_->Close(); // a pidfd stays readable: one event is all there is
    CallFromLoop(env, on_exit_, context_, {});
    on_exit_.Reset();
    if (watched_) {
        watched_ = false;
        Unref();
    }
}

void ProcessRef::Release()
{
    if (poll_ != nullptr) {
        poll_->Close();
    }
    if (fd_ >= 0) {
        close(fd_);
        fd_ = -1;
    }
}
