// set: adds elements and reads the whole set, throughout the run and at its end. An acknowledged
// element must be in every later read. If it is missing from some later reads, they are stale; if
// it is missing from all of them, it is lost; the verdict distinguishes the two. The node stores a
// set as the list of its elements. A set that has grown large is replaced by a new one.
#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

constexpr std::uint64_t kAddsMax = 128;  // then the set is replaced

class SetGenerator final : public Generator {
 public:
  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    return reader || prng.chance(0.3) ? read(made_) : add();
  }
  void completed(std::size_t, const Operation&, const Completion&) override {}
  Operation probe(base::Prng&) override { return add(); }
  std::vector<Operation> final_reads() const override {
    std::vector<Operation> reads;
    for (std::uint64_t set = 0; set <= made_; ++set) reads.push_back(read(set));
    return reads;
  }

 private:
  static Operation read(std::uint64_t set) { return {"read", "s" + std::to_string(set), nullptr}; }

  Operation add() {
    if (adds_++ == kAddsMax) {
      adds_ = 1;
      ++made_;
    }
    return {"add", "s" + std::to_string(made_), ++last_element_, "append"};
  }

  std::uint64_t made_ = 0;
  std::uint64_t adds_ = 0;
  std::uint64_t last_element_ = 0;
};

class Set final : public Workload {
 public:
  std::string_view name() const override { return "set"; }
  std::string_view summary() const override {
    return "add to a set and read it: detects lost elements and stale reads";
  }
  std::string_view model() const override { return "set"; }
  std::vector<std::string> functions() const override { return {"read", "add"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<SetGenerator>();
  }
};

const base::Registered<Workload, Set> registered;

}  // namespace
}  // namespace capsize::workloads
