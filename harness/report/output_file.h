// Output files of commands: never overwrite an input, and never leave a partial file.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

/// Error: `output` is one of `inputs`, possibly under another name (a link, `./x`). "-" is no file.
[[nodiscard]] base::Status check_not_an_input(const std::string& output,
                                              std::span<const std::string> inputs);

using Sink = std::function<void(std::string_view)>;

/// Writes what `write` passes to its sink to the file `path`. A regular file is written under a
/// temporary name and renamed, so that an existing file stays intact unless everything was written.
/// Anything else (a device, a pipe), and a file in a directory where none can be created, is
/// written directly. `write` may be called twice and must then produce the same. If `wanted` is
/// given and returns false after `write`, no file is written. Error: the path and the reason.
[[nodiscard]] base::Status write_output(const std::string& path,
                                        const std::function<void(const Sink&)>& write,
                                        const std::function<bool()>& wanted = {});

}  // namespace capsize::harness
