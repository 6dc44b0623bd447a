// bank: transfers between the accounts of a bank, each in one transaction, and reads of all
// accounts in one transaction: a transaction that is partially applied or partially read changes
// the total. An account is the list of the amounts moved to and from it, so a transfer depends on
// no earlier read and never fails. After a number of transfers a bank is replaced by a new one, so
// that reads stay small.
#include "workloads/workload.h"

namespace capsize::workloads {
namespace {

constexpr std::uint64_t kAccounts = 5;
constexpr std::uint64_t kTransfersMax = 200;  // then the bank is replaced
constexpr std::uint64_t kAmountMax = 100;

class BankGenerator final : public Generator {
 public:
  Operation next(std::size_t, bool reader, base::Prng& prng) override {
    return reader || prng.chance(0.4) ? read(bank_) : transfer(prng);
  }

  void completed(std::size_t, const Operation&, const Completion&) override {}

  Operation probe(base::Prng& prng) override { return transfer(prng); }

  std::vector<Operation> final_reads() const override {
    std::vector<Operation> reads;
    for (std::uint64_t bank = 0; bank <= bank_; ++bank) reads.push_back(read(bank));
    return reads;
  }

 private:
  static std::string account(std::uint64_t bank, std::uint64_t number) {
    return "b" + std::to_string(bank) + "-" + std::to_string(number);
  }
  static base::Json step(const char* kind, std::string key, base::Json value) {
    return base::Json::array({kind, std::move(key), std::move(value)});
  }

  static Operation read(std::uint64_t bank) {
    auto steps = base::Json::array();
    for (std::uint64_t number = 0; number < kAccounts; ++number) {
      steps.push_back(step("r", account(bank, number), nullptr));
    }
    return {"txn", "", std::move(steps)};
  }

  Operation transfer(base::Prng& prng) {
    if (transfers_++ == kTransfersMax) {
      transfers_ = 1;
      ++bank_;
    }
    const std::uint64_t from = prng.below(kAccounts);
    const std::uint64_t to = (from + 1 + prng.below(kAccounts - 1)) % kAccounts;
    const auto amount = static_cast<std::int64_t>(1 + prng.below(kAmountMax));
    return {"txn", "",
            base::Json::array({step("append", account(bank_, from), -amount),
                               step("append", account(bank_, to), amount)})};
  }

  std::uint64_t bank_ = 0;
  std::uint64_t transfers_ = 0;
};

class Bank final : public Workload {
 public:
  std::string_view name() const override { return "bank"; }
  std::string_view summary() const override {
    return "transfers and reads of all accounts as transactions: detects partial transactions";
  }
  std::string_view model() const override { return "bank"; }
  std::vector<std::string> functions() const override { return {"txn"}; }
  std::unique_ptr<Generator> generator(std::size_t) const override {
    return std::make_unique<BankGenerator>();
  }
};

const base::Registered<Workload, Bank> registered;

}  // namespace
}  // namespace capsize::workloads
