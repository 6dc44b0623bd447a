// Histories of registers: read, write, cas [expected, new]. For the models register, cas-register
// and kv, for which these operations mean the same.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "checker/generate/history_generator.h"
#include "checker/generate/interleaving.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kStaleRead = "stale-read";  // one read returns an overwritten value
/// From some point on, all reads of one client return overwritten values: its replica lags.
constexpr std::string_view kLaggingReads = "lagging-reads";
constexpr std::string_view kUnwrittenRead = "unwritten-read";  // … a value that no operation writes
constexpr std::string_view kAbortedRead = "aborted-read";      // … a value of a failed write
constexpr std::string_view kReadBeforeWrite = "read-before-write";  // … a value written later
/// The initial value is 0, which the history does not state. Failed writes of 0 may follow.
constexpr std::string_view kInitialValue = "initial-value";
// An acknowledged write is undone, and later reads return the older value.
constexpr std::string_view kLostWrite = "lost-write";
// Two cas expect the same value, which was written once, and both succeed.
constexpr std::string_view kLostUpdate = "lost-update";
// Two concurrent cas, each of which expects the value that only the other one writes.
constexpr std::string_view kCyclicCas = "cyclic-cas";
// A cas fails although the expected value is there (checked with --failed-cas observes).
constexpr std::string_view kFailedCas = "failed-cas";
constexpr std::array kAnomalies = {kStaleRead,    kUnwrittenRead,   kAbortedRead, kLostWrite,
                                   kLaggingReads, kReadBeforeWrite, kInitialValue};
constexpr std::array kCasAnomalies = {kStaleRead,  kUnwrittenRead, kAbortedRead,     kLostWrite,
                                      kLostUpdate, kLaggingReads,  kReadBeforeWrite, kInitialValue,
                                      kCyclicCas,  kFailedCas};
constexpr std::array kWithCas = {kLostUpdate, kCyclicCas, kFailedCas};
constexpr std::int64_t kNull = 0;  // values are numbers from 1; this one is printed as null
constexpr std::uint64_t kNone = ~std::uint64_t{0};

enum class Kind : std::uint8_t { kRead, kWrite, kCas };

struct Pending {
  std::uint64_t process = 0;
  std::uint64_t invoked = 0;  // index
  std::uint32_t key = 0;
  Kind kind = Kind::kRead;
  End end = End::kOk;
  bool applied = false;   // has taken effect, whether or not it changed anything
  bool injected = false;  // a read with a predetermined value, a cas that succeeds anyway
  bool mismatch = false;  // a cas that fails with the error "mismatch"
  bool waits = false;     // must not end before another operation has begun
  std::int64_t value = kNull;
  std::int64_t expected = kNull;
  // For a write: the value that was written, acknowledged and not overwritten when it began.
  std::int64_t older = kNull;
  std::uint64_t older_writer = kNone;
};

// The state for a stale read: the register's value, once acknowledged, and an older one whose write
// had been acknowledged before the write of the newer one began.
struct Register {
  std::int64_t value = kNull;
  bool acknowledged = true;
  std::uint64_t writer = kNone;  // index of the invocation
  std::int64_t older = kNull;
  std::uint64_t older_writer = kNone;
  std::int64_t aborted = kNull;
  std::uint64_t aborted_writer = kNone;
  // The origin of the value: the last write (none: the initial value) and the cas since. If the
  // last of these is an acknowledged cas, `taken` is the value that it expected.
  std::vector<std::uint64_t> chain = {};
  std::optional<std::int64_t> taken = {};
  // The value that the lagging client still reads, and that client.
  std::uint64_t lagging = kNone;
  std::int64_t lagging_value = kNull;
  // A value that was read before any operation wrote it; set once the read has ended.
  std::optional<std::int64_t> value_read_early = {};
  // The values of the two cas that expect each other's.
  std::optional<std::pair<std::int64_t, std::int64_t>> cycle = {};
  std::uint64_t open_mutations = 0;
  std::uint64_t open_reads = 0;
  bool is_broken = false;     // the first cas ended before the second began
  bool is_frozen = false;     // the cas with the injected failure is open
  bool is_uncertain = false;  // an indeterminate mutation may take effect at any time
  bool was_replaced = false;  // the initial value has been replaced
};

class Generator final : public Interleaving<Pending> {
 public:
  Generator(const GenerateOptions& options, const LineSink& sink)
      : Interleaving(options, sink), registers_(options.keys) {}

 private:
  Pending begin(std::uint64_t process) override {
    Pending one;
    one.process = process;
    one.key = static_cast<std::uint32_t>(below(options_.keys));
    one.invoked = generated_.events;
    Register& its = registers_[one.key];
    if (draws_read() || its.is_frozen) {
      if (wants_anomaly()) inject(one);
      if (its.lagging == process) serve_stale(one);
    } else {
      draw_mutation(one);
    }
    ++(one.kind == Kind::kRead ? its.open_reads : its.open_mutations);
    emit(one, "invoke");
    return one;
  }

  void draw_mutation(Pending& one) {
    Register& its = registers_[one.key];
    const bool cas = chance(options_.cas / std::max(1e-9, 1 - options_.reads));
    one.kind = cas ? Kind::kCas : Kind::kWrite;
    if (cas) one.expected = chance(0.7) ? its.value : drawn_value();
    one.value = drawn_value();
    one.end = drawn_end();
    if (its.acknowledged) {
      one.older = its.value;
      one.older_writer = its.writer;
    }
    if (options_.anomaly == kLostUpdate && wants_anomaly()) contend(one);
    if (options_.anomaly == kFailedCas && wants_anomaly()) fail_for_no_reason(one);
    if (options_.anomaly == kCyclicCas) cycle(one);
    if (its.value_read_early && !cas) fulfil(one);
    if (options_.anomaly == kInitialValue && one.end == End::kFail && !cas && its.was_replaced &&
        its.open_reads == 0) {
      one.value = kNull;
    }
    if (one.end == End::kInfo) its.is_uncertain = true;
  }

  void fail_for_no_reason(Pending& one) {
    Register& its = registers_[one.key];
    if (its.open_mutations > 0 || its.is_uncertain || !its.acknowledged) return;
    if (its.writer == kNone) return;
    one.kind = Kind::kCas;
    one.end = End::kFail;
    one.expected = its.value;
    one.mismatch = one.injected = true;
    its.is_frozen = true;
    generated_.counterexample = {its.writer, one.invoked};
  }

  // Until the second cas has begun, the first one has expected a value that no operation wrote.
  void cycle(Pending& one) {
    Register& its = registers_[one.key];
    const bool first = !its.cycle && wants_anomaly();
    if (its.is_broken) return;
    if (!first && (!its.cycle || generated_.planted != kUnwrittenRead)) return;
    if (first) {
      its.cycle = {next_value_, next_value_ + 1};
      next_value_ += 2;
    }
    one.kind = Kind::kCas;
    one.end = End::kOk;
    one.injected = true;
    one.waits = first;
    std::tie(one.expected, one.value) =
        first ? *its.cycle : std::pair(its.cycle->second, its.cycle->first);
    generated_.planted = first ? kUnwrittenRead : kCyclicCas;
    generated_.counterexample.push_back(one.invoked);
  }

  // Writes the value that was read before.
  void fulfil(Pending& one) {
    Register& its = registers_[one.key];
    if (one.end != End::kOk) return;
    one.value = *std::exchange(its.value_read_early, std::nullopt);
    generated_.planted = kReadBeforeWrite;
    generated_.counterexample.push_back(one.invoked);
  }

  void serve_stale(Pending& read) {
    Register& its = registers_[read.key];
    read.injected = true;
    read.value = its.lagging_value;
  }

  // Makes a cas of a mutation: the second one that expects a value which a cas has just replaced,
  // or, in histories with few cas, the first one.
  void contend(Pending& one) {
    const Register& its = registers_[one.key];
    one.kind = Kind::kCas;
    one.end = End::kOk;
    one.expected = its.taken.value_or(its.value);
    if (!its.taken) return;
    one.injected = true;
    generated_.counterexample = its.chain;
    generated_.counterexample.push_back(one.invoked);
  }

  // Decides the result of the wrong read when it is invoked.
  void inject(Pending& read) {
    Register& its = registers_[read.key];
    if (std::find(kWithCas.begin(), kWithCas.end(), options_.anomaly) != kWithCas.end()) return;
    if (options_.anomaly == kInitialValue) return;
    if (options_.anomaly == kUnwrittenRead) {
      read.value = next_value_++;
    } else if (options_.anomaly == kReadBeforeWrite) {
      read.value = next_value_++;
      generated_.planted = kUnwrittenRead;
    } else if (options_.anomaly == kAbortedRead) {
      if (its.aborted_writer == kNone) return;
      read.value = its.aborted;
      generated_.counterexample = {its.aborted_writer};
    } else {
      if (!its.acknowledged || its.writer == kNone || its.older_writer == kNone) return;
      read.value = its.older;
      generated_.counterexample = {its.older_writer, its.writer};
      if (options_.anomaly == kLostWrite) {
        its.value = its.older;
        its.writer = its.older_writer;
      } else if (options_.anomaly == kLaggingReads) {
        its.lagging = read.process;
        its.lagging_value = its.older;
      }
    }
    generated_.counterexample.push_back(read.invoked);
    read.injected = true;
  }

  void advance(std::uint64_t place) override {
    const bool others_can_begin = !is_ending() && open_count() < options_.clients;
    if (open(place).waits && others_can_begin && generated_.planted == kUnwrittenRead) return;
    if (!open(place).applied) {
      apply(open(place));
      return;
    }
    const Pending one = close(place);
    emit(one, checker::name(one.end));
    Register& its = registers_[one.key];
    --(one.kind == Kind::kRead ? its.open_reads : its.open_mutations);
    if (one.kind != Kind::kRead && one.end == End::kOk && its.writer == one.invoked) {
      its.acknowledged = true;
    }
    if (one.kind == Kind::kWrite && one.end == End::kFail) {
      its.aborted = one.value;
      its.aborted_writer = one.invoked;
    }
    if (one.waits && generated_.planted == kUnwrittenRead) its.is_broken = true;
    if (one.injected && options_.anomaly == kFailedCas) its.is_frozen = false;
    if (one.injected && options_.anomaly == kReadBeforeWrite) its.value_read_early = one.value;
    release(one.process, one.end);
  }

  void apply(Pending& one) {
    Register& its = registers_[one.key];
    one.applied = true;
    if (one.kind == Kind::kRead) {
      if (!one.injected) one.value = its.value;
      if (options_.anomaly == kInitialValue && one.value == kNull) {
        if (generated_.counterexample.empty()) generated_.counterexample = {one.invoked};
      }
      return;
    }
    if (one.kind == Kind::kCas && one.expected != its.value && !one.injected) {
      one.mismatch = one.end == End::kOk;
      if (one.end == End::kOk) one.end = End::kFail;
      return;
    }
    if (one.end == End::kFail || (one.end == End::kInfo && chance(0.5))) return;
    its.value = one.value;
    its.writer = one.invoked;
    its.acknowledged = false;
    its.was_replaced = true;
    its.older = one.older;
    its.older_writer = one.older_writer;
    if (options_.anomaly == kLostUpdate) remember_origin(its, one);
  }

  static void remember_origin(Register& its, const Pending& one) {
    if (one.kind == Kind::kWrite) its.chain.clear();
    its.chain.push_back(one.invoked);
    its.taken.reset();
    if (one.kind == Kind::kCas && one.end == End::kOk) its.taken = one.expected;
  }

  std::string shown(std::int64_t value) const {
    const bool null = value == kNull && options_.anomaly != kInitialValue;
    return null ? "null" : fmt::format("{}", value);
  }

  void emit(const Pending& one, std::string_view type) {
    constexpr const char* kNames[] = {"read", "write", "cas"};
    const bool asks = type == "invoke" && one.kind == Kind::kRead;
    std::string value = asks ? "null" : shown(one.value);
    if (one.kind == Kind::kCas) value = fmt::format("[{},{}]", shown(one.expected), value);
    const bool says_why = one.mismatch && type == "fail" && options_.anomaly == kFailedCas;
    Interleaving::emit(one.process, type, kNames[static_cast<std::size_t>(one.kind)], one.key,
                       value, says_why ? "mismatch" : "");
  }

  std::vector<Register> registers_;
};

class Registers : public HistoryGenerator {
 public:
  std::string_view name() const override { return "register"; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::optional<std::string> problem_of(const GenerateOptions& options) const override {
    if (options.anomaly.empty() || options.anomaly == kUnwrittenRead) return std::nullopt;
    const bool may_have_cas =
        std::find(kWithCas.begin(), kWithCas.end(), options.anomaly) != kWithCas.end();
    if (options.values == 0 && (may_have_cas || options.cas == 0)) return std::nullopt;
    return fmt::format("anomaly: {} is certain only with different values{}", options.anomaly,
                       may_have_cas ? "" : " and without cas");
  }
  Generated generate(const GenerateOptions& options, const LineSink& sink) const override {
    const bool with_cas = options.model == "register" && options.cas > 0;
    return Generator(options, sink).run(with_cas ? "cas-register" : options.model);
  }
};

class CasRegisters final : public Registers {
 public:
  std::string_view name() const override { return "cas-register"; }
  std::span<const std::string_view> anomalies() const override { return kCasAnomalies; }
};

class KeyValueStores final : public Registers {
 public:
  std::string_view name() const override { return "kv"; }
  std::span<const std::string_view> anomalies() const override { return kCasAnomalies; }
};

const GeneratorRegistrar registers(std::make_unique<Registers>());
const GeneratorRegistrar cas_registers(std::make_unique<CasRegisters>());
const GeneratorRegistrar key_value_stores(std::make_unique<KeyValueStores>());

}  // namespace
}  // namespace capsize::checker
