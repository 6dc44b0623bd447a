#include "checker/report/anomaly.h"

#include <array>
#include <cstddef>

namespace capsize::checker {

std::string_view name(Anomaly anomaly) {
  // In the order of the enumerators.
  constexpr std::array<std::string_view, 27> kNames = {
      "stale read",
      "lost write",
      "stale read or lost write",
      "read of a value never written",
      "aborted read",
      "intermediate read",
      "failed cas that should have succeeded",
      "two winners of a cas",
      "read before its write",
      "circular cas",
      "doubled append",
      "reordered append",
      "incompatible order",
      "lost append",
      "phantom append",
      "duplicate element",
      "lost element",
      "reordered or lost element",
      "phantom element",
      "reordered element",
      "resurrected element",
      "wrong total",
      "two holders of a lock",
      "release of a free lock",
      "fractured read",
      "contradicting read",
      "no legal order",
  };
  return kNames[static_cast<std::size_t>(anomaly)];
}

}  // namespace capsize::checker
