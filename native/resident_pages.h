// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

// Gives back the pages of the executable and its libraries that start-up or a burst of work has touched. See releaseFilePages in src/native/addon.ts.
Napi::Value ReleaseFilePages(const Napi::CallbackInfo &info);
