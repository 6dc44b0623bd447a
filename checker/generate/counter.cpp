// Histories of counters: add n, read -> sum.
#include <fmt/core.h>

#include "checker/generate/growing.h"

namespace capsize::checker {
namespace {

constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kLostWrite};

class Counter final : public Collection {
 public:
  void add(const Element& element) override { sum_ += element.value; }
  void acknowledge(const Element& element) override {
    acknowledged_ += element.value;
    last_ = element;
  }
  void abort(const Element&) override {}
  std::string read(std::uint64_t) override { return fmt::format("{}", sum_); }
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t) override {
    // Amounts are positive, so no order of concurrent operations compensates for either anomaly.
    if (anomaly == kUnwrittenRead) return Wrong{fmt::format("{}", kMoreThanAll), {}};
    if (!last_) return std::nullopt;
    if (anomaly == kLostWrite) sum_ -= last_->value;
    return Wrong{fmt::format("{}", acknowledged_ - last_->value), {last_->invoked}};
  }

 private:
  static constexpr std::int64_t kMoreThanAll = std::int64_t{1} << 52;
  std::int64_t sum_ = 0, acknowledged_ = 0;
  std::optional<Element> last_;
};

class Counters final : public CollectionGenerator {
 public:
  std::string_view name() const override { return "counter"; }
  std::string_view adds() const override { return "add"; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::unique_ptr<Collection> make() const override { return std::make_unique<Counter>(); }
};

const GeneratorRegistrar registered(std::make_unique<Counters>());

}  // namespace
}  // namespace capsize::checker
