// The witness options of `capsize check`: a legal order, written to a file and replayed from one.
#pragma once

#include <string>

#include "checker/check.h"

namespace capsize::harness {

/// Checks, and writes a legal order if there is one; without one the file is not touched.
/// Nothing written for want of a file: `error` says so.
[[nodiscard]] checker::Report check_with_witness(const std::string& history,
                                                 const checker::CheckOptions& options,
                                                 const std::string& out, std::string& error);

/// Replays a witness against a history; the report's verdict is about the witness.
[[nodiscard]] checker::Report replay_witness(const std::string& history,
                                             const checker::CheckOptions& options,
                                             const std::string& witness);

}  // namespace capsize::harness
