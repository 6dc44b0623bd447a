// append: appends elements to lists and reads the lists: a lost, duplicate or reordered element
// shows in every later read. A list that has grown long is replaced by a new one, so that reads
// stay small.
#include <array>

#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

constexpr std::size_t kLists = 4;          // in use at a time
constexpr std::uint64_t kAppendsMax = 64;  // then the list is replaced

class AppendGenerator final : public Generator {
 public:
  AppendGenerator() {
    for (auto& list : lists_) list.number = made_++;
  }

  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    const std::size_t slot = prng.below(kLists);
    if (reader || prng.chance(0.4)) return {"read", name(lists_[slot].number), nullptr};
    return append(lists_[slot]);
  }

  void completed(std::size_t, const Operation&, const Completion&) override {}

  Operation probe(base::Prng& prng) override { return append(lists_[prng.below(kLists)]); }

  std::vector<Operation> final_reads() const override {
    // All lists, replaced ones too: elements may be lost from a list that is no longer read.
    std::vector<Operation> reads;
    for (std::uint64_t list = 0; list < made_; ++list)
      reads.push_back({"read", name(list), nullptr});
    return reads;
  }

 private:
  struct List {
    std::uint64_t number = 0;
    std::uint64_t appends = 0;
  };

  static std::string name(std::uint64_t list) { return "l" + std::to_string(list); }

  Operation append(List& list) {
    if (list.appends == kAppendsMax) list = {.number = made_++};
    ++list.appends;
    return {"append", name(list.number), ++last_value_};
  }

  std::uint64_t last_value_ = 0;
  std::uint64_t made_ = 0;
  std::array<List, kLists> lists_;
};

class Append final : public Workload {
 public:
  std::string_view name() const override { return "append"; }
  std::string_view summary() const override {
    return "append to lists and read them: detects lost, duplicate and reordered elements";
  }
  std::string_view model() const override { return "list"; }
  std::vector<std::string> functions() const override { return {"read", "append"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<AppendGenerator>();
  }
};

const base::Registered<Workload, Append> registered;

}  // namespace
}  // namespace capsize::workloads
