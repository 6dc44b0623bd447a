// TransactionVersions: the values that each key had, the transactions that wrote them and those
// that read them.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "checker/specification/decision.h"
#include "checker/specification/model.h"
#include "checker/specification/transaction.h"

namespace capsize::checker {

class TransactionVersions {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  /// One value of one key. Writers and readers are places of operations.
  struct Version {
    std::uint32_t key = 0;
    std::uint32_t writer = kNone;  ///< kNone: it was there at first
    std::vector<std::uint32_t> readers = {};
  };
  struct Access {
    std::uint32_t key = 0;
    std::uint32_t version = 0;
  };
  /// What a transaction read from others, and what it left.
  struct Accesses {
    std::vector<Access> reads = {};
    std::vector<Access> writes = {};
  };

  TransactionVersions(const ValueTable& values, std::span<const KeyOperation> operations,
                      ValueId initial);

  /// Set where that already decides: a value that no operation wrote, a transaction that
  /// contradicts itself, or conditions of the decider that do not hold.
  [[nodiscard]] const std::optional<Decision>& decision() const { return decision_; }
  [[nodiscard]] std::span<const KeyOperation> operations() const { return operations_; }
  [[nodiscard]] const std::vector<Version>& versions() const { return versions_; }
  [[nodiscard]] const Accesses& of(std::uint32_t operation) const { return accesses_[operation]; }
  [[nodiscard]] std::size_t keys() const { return keys_.size(); }
  /// The version of each key that was there at first.
  [[nodiscard]] const std::vector<std::uint32_t>& initial() const { return initial_versions_; }
  /// By operation: acknowledged, or a transaction read what it wrote.
  [[nodiscard]] const std::vector<bool>& live() const { return live_; }

 private:
  std::optional<Decision> gather(std::uint32_t operation);
  std::optional<Decision> gather_step(std::uint32_t operation, const TransactionStep& step);
  std::optional<Decision> find_unwritten() const;
  void find_live();
  std::uint32_t key_number(ValueId key);
  std::uint32_t version_number(std::uint32_t key, ValueId value);

  const ValueTable& values_;
  std::span<const KeyOperation> operations_;
  ValueId initial_;
  std::optional<Decision> decision_;
  std::unordered_map<ValueId, std::uint32_t> keys_;
  std::unordered_map<std::uint64_t, std::uint32_t> version_numbers_;  // by key and value
  std::vector<std::uint32_t> initial_versions_;
  std::vector<Version> versions_;
  std::vector<Accesses> accesses_;
  std::vector<bool> live_;
};

}  // namespace capsize::checker
