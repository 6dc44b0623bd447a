// Everything that the pages show of one run: its results, bounded, and its files.
#pragma once

#include <string>

#include "base/json.h"
#include "harness/store/beneath.h"
#include "serve/run_facts.h"

namespace capsize::serve {

/// Returns {facts, results, scenario, files, filesLeftOut, report}: `results` and `scenario` as the
/// files of these names have them, with long texts and lists cut; `report`: whether the run has a
/// report.html.
[[nodiscard]] base::Json run_details(const harness::OpenDirectory& run, const std::string& name);

/// Whether a file of a run may be downloaded: all but the sockets' directory, which has the secret
/// that controls a run in progress.
[[nodiscard]] bool is_served(std::string_view path);

/// A copy in which texts have at most `bytes_max` bytes, and lists and objects at most `count_max`
/// elements.
[[nodiscard]] base::Json bounded_copy(const base::Json& value, std::size_t bytes_max,
                                      std::size_t count_max);

}  // namespace capsize::serve
