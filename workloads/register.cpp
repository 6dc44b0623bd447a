// register: reads, writes and compare-and-set on a few hot keys; every value is written once.
#include <array>

#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

constexpr std::size_t kKeys = 5;

class RegisterGenerator final : public Generator {
 public:
  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    const std::size_t key = prng.below(kKeys);
    if (reader || prng.chance(0.4)) return read(key);
    // A cas from the newest value that any client has seen: it often succeeds, and often just
    // fails.
    if (prng.chance(0.3) && !seen_[key].is_null()) {
      return {"cas", name(key), base::Json::array({seen_[key], ++last_value_})};
    }
    return write(key);
  }

  void completed(std::size_t, const Operation& operation, const Completion& what) override {
    if (!what.ok) return;
    auto& seen = seen_[static_cast<std::size_t>(std::stoul(operation.key.substr(1)))];
    if (operation.f == "read") {
      if (what.value != nullptr) seen = *what.value;
    } else {
      seen = operation.f == "cas" ? operation.value[1] : operation.value;
    }
  }

  Operation probe(base::Prng& prng) override { return write(prng.below(kKeys)); }

  std::vector<Operation> final_reads() const override {
    std::vector<Operation> reads;
    for (std::size_t key = 0; key < kKeys; ++key) reads.push_back(read(key));
    return reads;
  }

 private:
  static std::string name(std::size_t key) { return "r" + std::to_string(key); }
  static Operation read(std::size_t key) { return {"read", name(key), nullptr}; }
  Operation write(std::size_t key) { return {"write", name(key), ++last_value_}; }

  std::uint64_t last_value_ = 0;
  std::array<base::Json, kKeys> seen_;
};

class Register final : public Workload {
 public:
  std::string_view name() const override { return "register"; }
  std::string_view summary() const override {
    return "read, write, cas on a few hot keys, distinct values";
  }
  std::string_view model() const override { return "cas-register"; }
  std::vector<std::string> functions() const override { return {"read", "write", "cas"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<RegisterGenerator>();
  }
};

const base::Registered<Workload, Register> registered;

}  // namespace
}  // namespace capsize::workloads
