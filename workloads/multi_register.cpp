// multi-register: transactions that read and write several registers. A transaction that is
// partially applied, or that is interleaved with another one, shows as values that never existed at
// the same time. No transaction spans two groups of registers, so each group can be checked by
// itself; after a number of writes a group is replaced by a new one.
#include <array>

#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

constexpr std::size_t kGroups = 2;
constexpr std::uint64_t kRegisters = 3;  // in a group
constexpr std::uint64_t kWritesMax = 100;

using base::Json;

class MultiRegisterGenerator final : public Generator {
 public:
  MultiRegisterGenerator() {
    for (Group& group : groups_) group.number = made_++;
  }

  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    Group& group = groups_[prng.below(kGroups)];
    return reader || prng.chance(0.4) ? read(group.number) : write(group, prng);
  }
  void completed(std::size_t, const Operation&, const Completion&) override {}
  Operation probe(base::Prng& prng) override { return write(groups_[prng.below(kGroups)], prng); }
  std::vector<Operation> final_reads() const override {
    std::vector<Operation> reads;
    for (std::uint64_t group = 0; group < made_; ++group) reads.push_back(read(group));
    return reads;
  }

 private:
  struct Group {
    std::uint64_t number = 0;
    std::uint64_t writes = 0;
  };

  static Json step(const char* kind, std::uint64_t group, std::uint64_t number, Json value) {
    return Json::array(
        {kind, "g" + std::to_string(group) + "-" + std::to_string(number), std::move(value)});
  }

  static Operation read(std::uint64_t group) {
    Json steps = Json::array();
    for (std::uint64_t i = 0; i < kRegisters; ++i) steps.push_back(step("r", group, i, nullptr));
    return {"txn", "", std::move(steps)};
  }

  /// Writes two adjacent registers, and sometimes reads the third.
  Operation write(Group& group, base::Prng& prng) {
    if (group.writes == kWritesMax) group = {.number = made_++};
    ++group.writes;
    const std::uint64_t first = prng.below(kRegisters);
    Json steps = Json::array();
    if (prng.chance(0.5)) {
      steps.push_back(step("r", group.number, (first + 2) % kRegisters, nullptr));
    }
    for (const std::uint64_t number : {first, (first + 1) % kRegisters}) {
      steps.push_back(step("w", group.number, number, ++last_value_));
    }
    return {"txn", "", std::move(steps)};
  }

  std::uint64_t made_ = 0;
  std::uint64_t last_value_ = 0;
  std::array<Group, kGroups> groups_;
};

class MultiRegister final : public Workload {
 public:
  std::string_view name() const override { return "multi-register"; }
  std::string_view summary() const override {
    return "transactions over several registers: detects partial and interleaved transactions";
  }
  std::string_view model() const override { return "multi-register"; }
  std::vector<std::string> functions() const override { return {"txn"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<MultiRegisterGenerator>();
  }
};

const base::Registered<Workload, MultiRegister> registered;

}  // namespace
}  // namespace capsize::workloads
