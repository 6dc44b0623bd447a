// Which seeded bugs this binary can make: none in capsize-sim, the register of node/bugs in
// capsize-sim-with-bugs. One of two sources is linked.
#pragma once

#include <string>
#include <vector>

namespace capsize::simulator {

struct KnownBug {
  std::string name;
  std::string what;
};
[[nodiscard]] std::vector<KnownBug> known_bugs();

}  // namespace capsize::simulator
