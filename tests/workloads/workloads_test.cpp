#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

// The contract of every registered workload.
class EveryWorkload : public testing::TestWithParam<const Workload*> {};

TEST_P(EveryWorkload, Operations_UseTheFunctionsItNames_AndAllOfThem) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(1);
  std::set<std::string> used;
  for (int i = 0; i < 2000; ++i) {
    const Operation operation = generator->next(0, false, prng);
    used.insert(operation.f);
    const nlohmann::json seen = i;
    generator->completed(0, operation, {.ok = true, .value = &seen});
  }
  const auto functions = GetParam()->functions();
  EXPECT_EQ(used, std::set<std::string>(functions.begin(), functions.end()));
}

TEST_P(EveryWorkload, Readers_OnlyRead) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(1);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(generator->next(0, true, prng).f, "read");
}

TEST_P(EveryWorkload, WrittenValues_AreDistinctPerKey) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(3);
  std::map<std::string, std::set<std::string>> written;
  for (int i = 0; i < 5000; ++i) {
    const Operation operation =
        i % 10 == 0 ? generator->probe(prng) : generator->next(0, false, prng);
    if (operation.f == "read") continue;
    const auto value = operation.f == "cas" ? operation.value[1] : operation.value;
    EXPECT_TRUE(written[operation.key].insert(value.dump()).second) << value;
    generator->completed(0, operation, {.ok = true});
  }
}

TEST_P(EveryWorkload, FinalReads_CoverEveryKeyThatWasWritten) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(5);
  std::set<std::string> written;
  for (int i = 0; i < 2000; ++i) {
    const Operation operation = generator->next(0, false, prng);
    if (operation.f != "read") written.insert(operation.key);
  }
  for (const auto& read : generator->final_reads()) {
    EXPECT_EQ(read.f, "read");
    written.erase(read.key);
  }
  EXPECT_TRUE(written.empty());
}

std::vector<const Workload*> all() {
  std::vector<const Workload*> list;
  for (const auto& workload : Workloads::instance().all()) list.push_back(workload.get());
  return list;
}

INSTANTIATE_TEST_SUITE_P(Workloads, EveryWorkload, testing::ValuesIn(all()),
                         [](const auto& it) { return std::string(it.param->name()); });

}  // namespace
}  // namespace capsize::workloads
