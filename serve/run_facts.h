// What a list shows of a run, from its results.json: small, of bounded size, and cached.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/json.h"
#include "base/time.h"
#include "harness/store/beneath.h"

namespace capsize::serve {

/// The place of a run: STORE/SCENARIO/NAME.
struct RunName {
  std::string scenario;
  std::string name;
  friend bool operator==(const RunName&, const RunName&) = default;
};

struct RunFacts {
  /// As in results.json; "running" or "killed" for a run without results.
  std::string verdict;
  std::string seed;  // as its name says: a text, because JavaScript's numbers have 53 bits
  std::string bug;
  std::string signature;  // of the main failure
  std::string label;
  std::string sentence;
  std::string cause;  // of a harness error
  std::string tested;
  std::optional<double> load_ms;
  std::optional<double> recovery_ms;    ///< the median over the faults that had one
  std::optional<double> ok_per_second;  ///< while no fault was active
  std::optional<double> new_behaviours;
  std::optional<double> operations;  ///< acknowledged
};

/// Whether the name is that of a run directory, and the scenario's that of a scenario.
[[nodiscard]] bool is_run_name(const RunName& run);
/// Opens the directory of a run; nothing if there is none. `name` may be "latest": the newest.
[[nodiscard]] std::optional<harness::OpenDirectory> open_run(const harness::OpenDirectory& store,
                                                             const RunName& run);
/// Reads a JSON file of at most 16 MiB; null if it is missing, larger, or something else.
[[nodiscard]] base::Json read_json(const harness::OpenDirectory& directory, std::string_view name);

/// Reads results.json completely; some 100 microseconds.
[[nodiscard]] RunFacts read_facts(const harness::OpenDirectory& run, const std::string& name);

[[nodiscard]] base::Json to_json(const RunFacts& facts);
[[nodiscard]] base::Json number_or_null(const std::optional<double>& number);

/// Facts by run. Those of a run with results are read once, and again after a minute; those of
/// others each time.
class FactsCache {
 public:
  static constexpr std::size_t kEntriesMax = 20'000;  // some 20 MiB

  /// Null if there is no such run. The pointer is valid until the next call.
  const RunFacts* facts(const harness::OpenDirectory& store, const RunName& run, base::Instant now);
  /// Whether facts() would not read anything.
  [[nodiscard]] bool has(const RunName& run, base::Instant now) const;

 private:
  struct Entry {
    RunFacts facts;
    base::Instant read;
  };
  std::unordered_map<std::string, Entry> entries_;
  RunFacts without_results_;
};

}  // namespace capsize::serve
