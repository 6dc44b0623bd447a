// The witness options of `capsize check`: a legal order, written to a file and replayed from one.
#pragma once

#include <string>

#include "checker/check/check.h"

namespace capsize::harness {

/// Why no witness was written; empty if one was.
struct NoWitness {
  std::string why;
  bool failed = false;  ///< there was one to write
};

/// Checks, and writes a legal order if there is one; without one the file is not touched.
[[nodiscard]] checker::Report check_with_witness(const std::string& history,
                                                 const checker::CheckOptions& options,
                                                 const std::string& out, NoWitness& missing);

/// Replays a witness against a history; the report's verdict is about the witness.
[[nodiscard]] checker::Report replay_witness(const std::string& history,
                                             const checker::CheckOptions& options,
                                             const std::string& witness);

}  // namespace capsize::harness
