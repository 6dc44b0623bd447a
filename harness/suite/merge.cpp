#include "harness/suite/merge.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "base/json.h"
#include "harness/suite/ledger.h"
#include "harness/suite/ledger_writer.h"

namespace capsize::harness {
namespace {

/// How many lines each execution has, by its id.
using LineCounts = std::map<std::string, std::size_t>;

/// Calls `visit(line, execution)` for each complete line of a ledger that belongs to one.
template <class Visit>
void for_each_line(const std::filesystem::path& path, const Visit& visit) {
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // without a line feed: incomplete
    const base::Json json = base::Json::parse(line);
    const std::string execution = json.value("execution", "");
    if (!execution.empty()) visit(line, execution);
  }
}

/// The lines of a ledger that are not in the own one, of which `known` has the counts; adds them.
/// Ledgers are only appended to, so of an execution that was merged before it was resumed, the own
/// ledger has the first lines.
std::vector<std::string> lines_to_copy(const std::filesystem::path& path, LineCounts& known) {
  std::vector<std::string> lines;
  LineCounts seen;
  for_each_line(path, [&](const std::string& line, const std::string& execution) {
    if (++seen[execution] > known[execution]) lines.push_back(line);
  });
  for (const auto& [execution, count] : seen) known[execution] = std::max(known[execution], count);
  return lines;
}

}  // namespace

base::Result<std::vector<MergedShard>> merge_ledgers(const std::filesystem::path& store,
                                                     const std::string& suite,
                                                     const std::vector<std::string>& ledgers) {
  auto writer = LedgerWriter::open(store);
  if (!writer) return writer.error();
  const auto own = read_ledger(ledger_of(store));
  if (!own) return own.error();
  LineCounts known;
  for_each_line(ledger_of(store),
                [&](const std::string&, const std::string& execution) { ++known[execution]; });
  std::vector<MergedShard> shards;
  for (const auto& file : ledgers) {
    if (!std::filesystem::exists(file)) {
      return base::Error{file + ": found no file, expected a ledger"};
    }
    const auto other = read_ledger(file);
    if (!other) return other.error();
    std::string newest;
    for (const auto& execution : other.value().executions) {
      if (execution.suite == suite) newest = execution.id;
    }
    if (newest.empty()) {
      return base::Error{fmt::format("{}: found no execution of suite {}", file, suite)};
    }
    const bool is_there = std::any_of(shards.begin(), shards.end(),
                                      [&](const auto& shard) { return shard.execution == newest; });
    if (!is_there) shards.push_back({newest, std::filesystem::path(file).parent_path()});
    if (auto copied = writer.value().copy(lines_to_copy(file, known)); !copied) {
      return copied.error();
    }
  }
  return shards;
}

}  // namespace capsize::harness
