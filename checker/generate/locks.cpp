// Histories of locks: acquire, release. A client releases the lock that it has acquired. Once the
// last operation has begun, clients that wait for the lock give up.
#include <fmt/core.h>

#include <array>
#include <optional>
#include <vector>

#include "checker/generate/history_generator.h"
#include "checker/generate/interleaving.h"

namespace capsize::checker {
namespace {

/// A client acquires a lock while another one holds it.
constexpr std::string_view kTwoHolders = "two-holders";
/// A client releases a lock that no client holds.
constexpr std::string_view kFreeRelease = "free-release";
constexpr std::array kLockAnomalies = {kTwoHolders, kFreeRelease};

struct PendingLock {
  std::uint64_t process = 0;
  std::uint64_t invoked = 0;
  std::uint32_t key = 0;
  bool acquires = true;
  bool is_done = false;
};

struct Lock {
  std::optional<std::uint64_t> holder;  // who holds it now
  std::optional<std::uint64_t> owner;   // whose acquisition was acknowledged
  std::uint64_t acquired_by = 0;        // index of the acquisition's invocation
  std::uint64_t released_by = 0;
  std::uint64_t open_acquires = 0;
  bool was_released = false;
};

class LockGenerator final : public Interleaving<PendingLock> {
 public:
  LockGenerator(const GenerateOptions& options, const LineSink& sink)
      : Interleaving(options, sink), locks_(options.keys) {}

 private:
  PendingLock begin(std::uint64_t process) override {
    PendingLock one{.process = process, .invoked = generated_.events};
    for (one.key = 0; one.key < locks_.size(); ++one.key) {
      if (locks_[one.key].owner != process) continue;
      one.acquires = false;
      locks_[one.key].owner.reset();
      emit(one, "invoke");
      return one;
    }
    one.key = static_cast<std::uint32_t>(below(options_.keys));
    if (wants_anomaly()) inject(one);
    if (!one.is_done) ++locks_[one.key].open_acquires;
    emit(one, "invoke");
    if (one.is_done) emit(one, "ok");  // at once, so that no other operation comes between
    return one;
  }

  void inject(PendingLock& one) {
    Lock& lock = locks_[one.key];
    if (options_.anomaly == kTwoHolders) {
      if (!lock.owner) return;
      generated_.counterexample = {lock.acquired_by, one.invoked};
    } else {
      if (lock.holder || lock.open_acquires > 0 || !lock.was_released) return;
      one.acquires = false;
      generated_.counterexample = {lock.acquired_by, lock.released_by, one.invoked};
    }
    one.is_done = true;
  }

  void advance(std::uint64_t place) override {
    PendingLock& waiting = open(place);
    Lock& lock = locks_[waiting.key];
    if (waiting.is_done) {
      const PendingLock done = close(place);
      release(done.process, End::kOk);
    } else if (!waiting.acquires) {
      lock.holder.reset();
      lock.was_released = true;
      lock.released_by = waiting.invoked;
      end(place, End::kOk);
    } else if (!lock.holder) {
      lock.holder = lock.owner = waiting.process;
      lock.acquired_by = waiting.invoked;
      end(place, End::kOk);
    } else if (is_ending()) {
      end(place, End::kFail);
    }
  }

  void end(std::uint64_t place, End how) {
    const PendingLock one = close(place);
    if (one.acquires) --locks_[one.key].open_acquires;
    emit(one, checker::name(how));
    release(one.process, how);
  }

  void emit(const PendingLock& one, std::string_view type) {
    Interleaving::emit(one.process, type, one.acquires ? "acquire" : "release", one.key, "null");
  }

  std::vector<Lock> locks_;
};

class Locks final : public HistoryGenerator {
 public:
  std::string_view name() const override { return "mutex"; }
  std::span<const std::string_view> anomalies() const override { return kLockAnomalies; }
  std::optional<std::string> problem_of(const GenerateOptions& options) const override {
    if (options.cas > 0) return "cas: mutex has none";
    return std::nullopt;
  }
  Generated generate(const GenerateOptions& options, const LineSink& sink) const override {
    return LockGenerator(options, sink).run(name());
  }
};

const GeneratorRegistrar registered_locks(std::make_unique<Locks>());

}  // namespace
}  // namespace capsize::checker
