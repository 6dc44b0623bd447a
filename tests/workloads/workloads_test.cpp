#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

// The contract of every registered workload.
class EveryWorkload : public testing::TestWithParam<const Workload*> {};

TEST_P(EveryWorkload, Operations_UseAllDeclaredFunctionsAndNoOthers) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(1);
  std::set<std::string> used;
  for (int i = 0; i < 2000; ++i) {
    const Operation operation = generator->next(0, false, prng);
    used.insert(operation.f);
    const base::Json seen = i;
    generator->completed(0, operation, {.ok = true, .value = &seen});
  }
  const auto functions = GetParam()->functions();
  EXPECT_EQ(used, std::set<std::string>(functions.begin(), functions.end()));
}

TEST_P(EveryWorkload, Readers_OnlyRead) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(1);
  for (int i = 0; i < 500; ++i) {
    EXPECT_TRUE(only_reads(generator->next(0, true, prng)));
  }
}

TEST_P(EveryWorkload, WrittenValues_AreDistinctPerKey) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(3);
  std::map<std::string, std::set<std::string>> written;
  for (int i = 0; i < 5000; ++i) {
    const Operation operation =
        i % 10 == 0 ? generator->probe(prng) : generator->next(0, false, prng);
    if (only_reads(operation) || operation.f == "txn") continue;  // amounts may repeat
    const auto value = operation.f == "cas" ? operation.value[1] : operation.value;
    EXPECT_TRUE(written[operation.key].insert(value.dump()).second) << value.dump();
    generator->completed(0, operation, {.ok = true});
  }
}

/// The keys that an operation touches.
std::vector<std::string> keys_of(const Operation& operation) {
  if (operation.f != "txn") return {operation.key};
  std::vector<std::string> keys;
  for (const auto& step : operation.value) keys.push_back(step[1].get<std::string>());
  return keys;
}

TEST_P(EveryWorkload, FinalReads_CoverEveryKeyThatWasWritten) {
  const auto generator = GetParam()->generator(4);
  base::Prng prng(5);
  std::set<std::string> written;
  for (int i = 0; i < 2000; ++i) {
    const Operation operation = generator->next(0, false, prng);
    if (only_reads(operation)) continue;
    for (auto& key : keys_of(operation)) written.insert(std::move(key));
  }
  for (const auto& read : generator->final_reads()) {
    EXPECT_TRUE(only_reads(read));
    for (const auto& key : keys_of(read)) written.erase(key);
  }
  EXPECT_TRUE(written.empty());
}

TEST(Bank, EachTransfer_PreservesTheTotal) {
  const auto generator = Workloads::instance().find("bank")->generator(4);
  base::Prng prng(7);
  for (int i = 0; i < 1000; ++i) {
    const Operation transfer = generator->probe(prng);
    ASSERT_EQ(transfer.value.size(), 2U);
    EXPECT_EQ(transfer.value[0][2].get<int>() + transfer.value[1][2].get<int>(), 0);
    EXPECT_NE(transfer.value[0][1], transfer.value[1][1]);
  }
}

std::vector<const Workload*> all() {
  std::vector<const Workload*> list;
  for (const auto& workload : Workloads::instance().all()) list.push_back(workload);
  return list;
}

INSTANTIATE_TEST_SUITE_P(Workloads, EveryWorkload, testing::ValuesIn(all()), [](const auto& it) {
  std::string name(it.param->name());
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace capsize::workloads
