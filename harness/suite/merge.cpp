#include "harness/suite/merge.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/json.h"
#include "harness/suite/ledger.h"
#include "harness/suite/ledger_writer.h"

namespace capsize::harness {
namespace {

/// The complete lines of a ledger that belong to executions which are not in `known`.
std::vector<std::string> lines_to_copy(const std::filesystem::path& path,
                                       const std::set<std::string>& known) {
  std::vector<std::string> lines;
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // without a line feed: incomplete
    const base::Json json = base::Json::parse(line);
    const std::string execution = json.value("execution", "");
    if (!execution.empty() && !known.contains(execution)) lines.push_back(std::move(line));
  }
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
  std::set<std::string> known;
  for (const auto& execution : own.value().executions) known.insert(execution.id);
  std::vector<MergedShard> shards;
  for (const auto& file : ledgers) {
    if (!std::filesystem::exists(file)) {
      return base::Error{file + ": found no file, expected a ledger"};
    }
    const auto other = read_ledger(file);
    if (!other) return other.error();
    std::string newest;
    std::set<std::string> added;
    for (const auto& execution : other.value().executions) {
      if (execution.suite == suite) newest = execution.id;
      added.insert(execution.id);
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
    known.merge(added);
  }
  return shards;
}

}  // namespace capsize::harness
