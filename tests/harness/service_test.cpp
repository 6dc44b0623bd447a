#include "harness/judge/service.h"

#include <gtest/gtest.h>

#include "harness/judge/outcome.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using nemesis::FaultRecord;
using nemesis::FaultState;
using nemesis::PlannedFault;

const auto kKill = std::make_shared<PlannedFault>(PlannedFault{.id = 1, .spec = {.kind = "kill"}});
const auto kDrop = std::make_shared<PlannedFault>(PlannedFault{.id = 2, .spec = {.kind = "drop"}});

FaultRecord record(const std::shared_ptr<PlannedFault>& fault, base::Duration begin,
                   base::Duration end, FaultState state = FaultState::kInstalled) {
  return {.fault = fault, .state = state, .begin = begin, .end = end};
}

Statistics writes(std::vector<base::Duration> times) {
  return {.ok_write_times = times, .ok_writes_by_node = {std::move(times)}};
}

TEST(Service, Recovery_LastsFromHealingToTheNextAcknowledgedWrite) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s)};
  const auto service = service_around(faults[0], faults, writes({900ms, 2300ms, 2400ms}), 5s);
  EXPECT_EQ(service.recovery, 300ms);
  EXPECT_EQ(service.outage, 1400ms);
  EXPECT_FALSE(service.overlapped);
}

TEST(Service, WritesDuringTheFault_ShortenTheOutage) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s)};
  const auto service =
      service_around(faults[0], faults, writes({900ms, 1500ms, 1600ms, 2050ms}), 5s);
  EXPECT_EQ(service.outage, 600ms);
  EXPECT_EQ(service.recovery, 50ms);
}

TEST(Service, NoWriteAfterwards_IsNoRecovery) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s)};
  const auto service = service_around(faults[0], faults, writes({900ms}), 5s);
  EXPECT_FALSE(service.recovery);
  EXPECT_EQ(service.outage, 4100ms);
}

TEST(Service, HealingUnderAnotherStoppingFault_IsMarked_UnderADegradedNetworkNot) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s), record(kKill, 1500ms, 3s),
                                           record(kDrop, 1s, 4s)};
  EXPECT_TRUE(service_around(faults[0], faults, writes({}), 5s).overlapped);
  EXPECT_FALSE(service_around(faults[1], faults, writes({}), 5s).overlapped);
}

TEST(Service, LongestOutage_IsTheLongestTimeWithoutAWriteWithinTheLoad) {
  const Outage between = longest_outage({100ms, 900ms, 3s, 4s}, 5s);
  EXPECT_EQ(between.begin, 900ms);
  EXPECT_EQ(between.length(), 2100ms);
  EXPECT_EQ(longest_outage({100ms, 1s}, 5s).length(), 4s) << "lasts until the end of the load";
  EXPECT_EQ(longest_outage({100ms, 1s, 7s}, 5s).length(), 4s) << "the last write is after it";
  EXPECT_EQ(longest_outage({4900ms}, 5s).length(), 100ms) << "begins with the first write";
  EXPECT_EQ(longest_outage({}, 5s).length(), 0s);
}

TEST(Service, OutageTooLong_IsMoreThanTheBoundAndTheTimeForWhichTheDiskHung) {
  Outcome outcome;
  outcome.longest_outage = {1s, 4s};
  EXPECT_FALSE(outcome.outage_too_long()) << "no bound";
  outcome.scenario.outage_bound = 2s;
  EXPECT_TRUE(outcome.outage_too_long());
  outcome.disk_hung = 1s;
  EXPECT_FALSE(outcome.outage_too_long());
}

TEST(Service, RecoveryEverywhere_EndsWithTheLastNode) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s)};
  Statistics statistics = writes({900ms, 2100ms, 2400ms});
  statistics.ok_writes_by_node = {{900ms, 2100ms}, {}, {2400ms}};
  EXPECT_EQ(service_around(faults[0], faults, statistics, 5s).recovery_everywhere, 400ms);
  statistics.ok_writes_by_node[0].pop_back();
  EXPECT_FALSE(service_around(faults[0], faults, statistics, 5s).recovery_everywhere);
}

TEST(Service, BoundIsViolated_OnlyWithoutAnotherFault) {
  std::vector<FaultRecord> faults = {record(kKill, 1s, 2s)};
  const auto broken = [&](const Statistics& statistics) {
    return too_slow(service_around(faults[0], faults, statistics, 9s), 5s);
  };
  EXPECT_TRUE(broken(writes({900ms}))) << "7 s without a write, and no other fault";
  EXPECT_FALSE(broken(writes({900ms, 6900ms})));
  EXPECT_TRUE(broken(writes({900ms, 7100ms})));
  faults.push_back(record(kDrop, 4s, 5s));
  EXPECT_FALSE(broken(writes({900ms}))) << "another fault began 2 s after the healing";
  faults[1] = record(kDrop, 500ms, 1500ms);
  EXPECT_TRUE(broken(writes({900ms}))) << "it had ended before";
}

TEST(Service, QuietRate_ExcludesActiveFaultsAndRecovery) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s),
                                           record(kDrop, 3s, 4s, FaultState::kSkipped)};
  // Quiet: 0..1 s and 2.5..5 s (the aftermath is half a second).
  const double rate = quiet_rate(faults, {500ms, 1500ms, 2200ms, 3s, 4s, 4500ms}, 5s);
  EXPECT_DOUBLE_EQ(rate, 4 / 3.5);
}

TEST(Service, OkDuring_CountsOverlappingFaultsOnce) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s), record(kDrop, 1500ms, 3s)};
  EXPECT_EQ(ok_during(faults, {500ms, 1s, 1700ms, 2500ms, 3500ms}), 3U);
}

TEST(Service, OperationsUnderFaults_AreThoseThatOverlapOneThatTookEffect) {
  const std::vector<FaultRecord> faults = {record(kKill, 1s, 2s), record(kDrop, 1500ms, 3s),
                                           record(kKill, 5s, 6s, FaultState::kIndeterminate),
                                           record(kKill, 7s, 8s, FaultState::kSkipped)};
  const std::vector<Statistics::Span> spans = {{100ms, 1s},  // ends as the fault begins
                                               {900ms, 1001ms},  {1100ms, 1200ms},
                                               {2500ms, 2600ms}, {0s, 9s},  // over all of it
                                               {3s, 4s},                    // begins as it ends
                                               {5s, 6s},         {7s, 8s}};
  EXPECT_EQ(operations_under_faults(faults, spans), 4U);
  EXPECT_EQ(operations_under_faults({}, spans), 0U);
}

}  // namespace
}  // namespace capsize::harness
