#include "harness/runner/elections.h"

#include <fstream>
#include <set>
#include <string>
#include "base/json.h"

namespace capsize::harness {

std::uint64_t elections_won(const std::vector<std::filesystem::path>& traces) {
  std::set<std::uint64_t> terms;
  for (const auto& path : traces) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      // Nearly every line is about the log: look before parsing.
      if (line.find("\"event\":\"role\"") == std::string::npos) continue;
      const auto event = base::Json::parse(line);
      if (event.is_invalid() || event.value("role", "") != "leader") continue;
      terms.insert(event.value("term", std::uint64_t{0}));
    }
  }
  return terms.size();
}

}  // namespace capsize::harness
