#include "checker/transactions/transaction_versions.h"

#include <algorithm>

namespace capsize::checker {
namespace {

Decision violation_by(std::uint32_t operation) {
  return {.kind = Decision::Kind::kViolation, .counterexample = {operation}};
}

Decision not_applicable() {
  return {.kind = Decision::Kind::kNotApplicable};
}

const TransactionVersions::Access* access_to(
    const std::vector<TransactionVersions::Access>& accesses, std::uint32_t key) {
  const auto found = std::find_if(accesses.begin(), accesses.end(),
                                  [key](const auto& access) { return access.key == key; });
  return found == accesses.end() ? nullptr : &*found;
}

}  // namespace

TransactionVersions::TransactionVersions(const ValueTable& values,
                                         std::span<const KeyOperation> operations, ValueId initial)
    : values_(values),
      operations_(operations),
      initial_(initial),
      accesses_(operations.size()),
      live_(operations.size(), false) {
  std::optional<Decision> contradiction;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const auto found = gather(i);
    if (!found) continue;
    if (!contradiction) contradiction = found;
    if (!found->is_violation()) contradiction = found;
    if (!found->is_violation()) break;
  }
  decision_ = std::move(contradiction);
  if (!decision_) decision_ = find_unwritten();
  find_live();
}

std::optional<Decision> TransactionVersions::gather(std::uint32_t operation) {
  const std::uint8_t code = operations_[operation].code;
  if (code != kCodeTransaction && code != kCodeUnseenTransaction) return not_applicable();
  std::optional<Decision> contradiction;
  const auto steps = transaction_steps(values_, operations_[operation].argument);
  for (const TransactionStep& step : *steps) {
    if (code == kCodeUnseenTransaction && !step.is_write) continue;
    const auto found = gather_step(operation, step);
    if (found && !found->is_violation()) return found;
    if (found) contradiction = found;
  }
  return contradiction;
}

std::optional<Decision> TransactionVersions::gather_step(std::uint32_t operation,
                                                         const TransactionStep& step) {
  const std::uint32_t key = key_number(step.key);
  const std::uint32_t version = version_number(key, step.value);
  Accesses& accesses = accesses_[operation];
  const Access* written = access_to(accesses.writes, key);
  if (step.is_write) {
    if (written != nullptr || version == initial_versions_[key]) return not_applicable();
    if (versions_[version].writer != kNone) return not_applicable();
    versions_[version].writer = operation;
    accesses.writes.push_back({key, version});
    return std::nullopt;
  }
  // A read after a write or another read of the same key, in the same transaction, says nothing
  // about others; it only has to return the same version.
  const Access* earlier = written != nullptr ? written : access_to(accesses.reads, key);
  if (earlier == nullptr) {
    accesses.reads.push_back({key, version});
    versions_[version].readers.push_back(operation);
  } else if (earlier->version != version) {
    return violation_by(operation);  // neither its own write nor what it had read before
  }
  return std::nullopt;
}

std::optional<Decision> TransactionVersions::find_unwritten() const {
  for (std::uint32_t i = 0; i < versions_.size(); ++i) {
    const Version& version = versions_[i];
    if (version.readers.empty() || i == initial_versions_[version.key]) continue;
    if (version.writer == kNone) return violation_by(version.readers.front());
    // A transaction read a value before it wrote that value itself.
    const auto own = std::find(version.readers.begin(), version.readers.end(), version.writer);
    if (own != version.readers.end()) return violation_by(version.writer);
  }
  return std::nullopt;
}

// An indeterminate transaction is live if a transaction read from it: then it took effect for
// certain.
void TransactionVersions::find_live() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) live_[i] = operations_[i].required;
  for (const Version& version : versions_) {
    if (version.writer != kNone && !version.readers.empty()) live_[version.writer] = true;
  }
}

std::uint32_t TransactionVersions::key_number(ValueId key) {
  const auto [entry, added] = keys_.try_emplace(key, static_cast<std::uint32_t>(keys_.size()));
  if (added) initial_versions_.push_back(version_number(entry->second, initial_));
  return entry->second;
}

std::uint32_t TransactionVersions::version_number(std::uint32_t key, ValueId value) {
  const auto [entry, added] = version_numbers_.try_emplace(
      (std::uint64_t{key} << 32) | value, static_cast<std::uint32_t>(versions_.size()));
  if (added) versions_.push_back({key});
  return entry->second;
}

}  // namespace capsize::checker
