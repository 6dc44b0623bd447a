// The linearization options of `capsize check`: a legal order, written to a file and replayed from
// one.
#pragma once

#include <string>

#include "checker/check/check.h"

namespace capsize::harness {

/// Why no linearization was written; empty if one was.
struct NoLinearization {
  std::string why;
  bool failed = false;  ///< there was a linearization to write
};

/// Checks, and writes a legal order if there is one; without one the file is not touched.
[[nodiscard]] checker::Report check_and_write_linearization(const std::string& history,
                                                            const checker::CheckOptions& options,
                                                            const std::string& out,
                                                            NoLinearization& missing);

/// Replays a linearization against a history; the report's verdict is about the linearization.
[[nodiscard]] checker::Report replay_linearization(const std::string& history,
                                                   const checker::CheckOptions& options,
                                                   const std::string& linearization);

}  // namespace capsize::harness
