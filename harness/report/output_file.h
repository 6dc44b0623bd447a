// Files that a command was asked to write: never over what it reads, and never by halves.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

/// Error if `output` is one of `inputs`, also by another name (a link, `./x`). "-" is none of them.
[[nodiscard]] base::Status check_not_an_input(const std::string& output,
                                              std::span<const std::string> inputs);

using Sink = std::function<void(std::string_view)>;

/// What `write` gives to its sink, as the file `path`. A regular file is written aside and renamed,
/// so that one that is there already stays as it is unless all was written; anything else (a
/// device, a pipe), and a file beside which none can be made, is written directly. `write` may be
/// called twice, and then gives the same. Where `wanted` is given and false afterwards, nothing was
/// to be written after all. Error: the path and why.
[[nodiscard]] base::Status write_output(const std::string& path,
                                        const std::function<void(const Sink&)>& write,
                                        const std::function<bool()>& wanted = {});

}  // namespace capsize::harness
