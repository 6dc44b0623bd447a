// The progress of a run, as the progress line shows it.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace capsize::harness {

struct Progress {
  base::Duration time{};
  base::Duration time_limit{};
  std::uint64_t ok = 0, fail = 0, info = 0;
  base::Duration ok_latency{};  // of all ok operations together
  std::string leader;           // "n2", or "-"
  std::uint64_t term = 0;
  std::string faults;
  std::string activity;  // "load", "healing"
};

}  // namespace capsize::harness
