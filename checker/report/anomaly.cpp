#include "checker/report/anomaly.h"

#include <array>
#include <cstddef>

namespace capsize::checker {

std::string_view name(Anomaly anomaly) {
  // In the order of the enumerators.
  constexpr std::array<std::string_view, 25> kNames = {
      "stale read",
      "lost write",
      "stale read or lost write",
      "garbage read",
      "aborted read",
      "intermediate read",
      "failed cas that should have succeeded",
      "lost update",
      "read before its write",
      "cyclic cas",
      "duplicate append",
      "reordered append",
      "incompatible order",
      "lost append",
      "duplicate element",
      "lost element",
      "reordered or lost element",
      "reordered element",
      "resurrected element",
      "wrong total",
      "two holders of a lock",
      "release of a free lock",
      "fractured read",
      "internal read",
      "no legal order",
  };
  return kNames[static_cast<std::size_t>(anomaly)];
}

}  // namespace capsize::checker
