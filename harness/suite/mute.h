// A mute: a known failure that does not fail the suite until a date.
#pragma once

#include <string>

namespace capsize::harness {

struct Mute {
  std::string signature;  // 16 hexadecimal digits
  std::string reason;
  std::string owner;
  std::string expires;  // "2027-01-31": the last day on which it applies, UTC
};

}  // namespace capsize::harness
