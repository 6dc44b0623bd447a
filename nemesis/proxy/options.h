// The command line of capsize-proxy.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "nemesis/proxy/proxy.h"

namespace capsize::nemesis::proxy {

/// Returns the settings; nothing after it has printed --help or --version. Error: one line for
/// standard error.
[[nodiscard]] base::Result<std::optional<Settings>> parse_options(std::span<char* const> arguments);

/// Parses "n1:n2=IN_ENDPOINT,OUT_ENDPOINT".
[[nodiscard]] base::Result<LinkEndpoints> parse_link(std::string_view text);

}  // namespace capsize::nemesis::proxy
