// The headers that every answer has, and answers that consist of a status and a line.
#pragma once

#include <string>
#include <string_view>

#include "serve/gate/request.h"

namespace capsize::serve {

/// What a page of serve may load: its own script, style and data, and nothing else.
inline constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What a file of the store may do that a browser should show: nothing.
inline constexpr std::string_view kFilePolicy =
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What a report.html may do. It is a file of the store, which any program that can write there may
/// have replaced, so it gets an origin of its own (sandbox without allow-same-origin): it runs its
/// script, and can neither ask this server for anything nor read its cookie or its pages, nor load
/// anything from the network. Its own <meta> policy allows only the script that it was written
/// with; a hostile file would not have it.
inline constexpr std::string_view kReportPolicy =
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; worker-src blob:; img-src data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/// A response with the headers that all have.
[[nodiscard]] Response response_with(std::string_view content_type, std::string_view policy);
/// A page of one line for a status that is no success; without a word about what exists.
[[nodiscard]] Response refusal(unsigned status);

}  // namespace capsize::serve
