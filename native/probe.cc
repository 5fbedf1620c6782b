// SPDX-License-Identifier: Apache-2.0
#include "probe.h"

#include <cstring>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "libbpf_log.h"

namespace {

// Whether the kernel's enum of BPF helpers has this one.
bool HasHelper(const btf *kernel, const char *helper)
{
    const int id = btf__find_by_name_kind(kernel, "bpf_func_id", BTF_KIND_ENUM);
    if (id < 0) {
        return false;
    }
    const btf_type *type = btf__type_by_id(kernel, static_cast<uint32_t>(id));
    const struct btf_enum *values = btf_enum(type);
    for (int i = 0; i < btf_vlen(type); i++) {
        if (strcmp(btf__name_by_offset(kernel, values[i].name_off), helper) == 0) {
            return true;
        }
    }
    return false;
}

} // namespace

Napi::Value Probe(const Napi::CallbackInfo &info)
{
    const Napi::Env env = info.Env();
    const LibbpfLog log;
    auto result = Napi::Object::New(env);
    btf *kernel = btf__load_vmlinux_btf();
    const auto set = [&](const char *key, bool value) { result.Set(key, Napi::Boolean::New(env, value)); };
    const auto typedefs = [&](const char *name) {
        return kernel && btf__find_by_name_kind(kernel, name, BTF_KIND_TYPEDEF) > 0;
    };

    set("btf", kernel != nullptr);
    set("exitTracepoint", typedefs("btf_trace_sched_process_exit"));
    set("freeTracepoint", typedefs("btf_trace_sched_process_free"));
    set("timer", kernel && HasHelper(kernel, "BPF_FUNC_timer_start"));
    set("loop", kernel && HasHelper(kernel, "BPF_FUNC_loop"));
    set("ringBuffer", kernel && HasHelper(kernel, "BPF_FUNC_ringbuf_reserve"));
    btf__free(kernel);
    return result;
}
