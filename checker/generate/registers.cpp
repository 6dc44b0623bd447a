// Histories of registers: read, write, cas [expected, new]. For the models register, cas-register
// and kv, which judge these in the same way.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "checker/generate/history_generator.h"
#include "checker/generate/interleaving.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kStaleRead = "stale-read";  // one read returns what was overwritten
constexpr std::string_view kUnwrittenRead = "unwritten-read";  // … what nobody writes
constexpr std::string_view kAbortedRead = "aborted-read";      // … what only a failed write wrote
// An acknowledged write is undone, and reads find the older value from then on.
constexpr std::string_view kLostWrite = "lost-write";
// Two cas expect the same value, which was there once, and both are acknowledged.
constexpr std::string_view kTwoWinners = "two-winners";
constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite};
constexpr std::array kCasAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite,
                                      kTwoWinners};
constexpr std::int64_t kNull = 0;  // values are numbers from 1; this one is printed as null
constexpr std::uint64_t kNobody = ~std::uint64_t{0};

enum class Kind : std::uint8_t { kRead, kWrite, kCas };

struct Pending {
  std::uint64_t process = 0;
  std::uint64_t invoked = 0;  // index
  std::uint32_t key = 0;
  Kind kind = Kind::kRead;
  End end = End::kOk;
  bool applied = false;   // had its moment, whether it changed anything or not
  bool injected = false;  // a read whose value has been decided upon, a cas that wins anyway
  std::int64_t value = kNull;
  std::int64_t expected = kNull;
  // A write: what had been written, acknowledged and not overwritten when it began.
  std::int64_t older = kNull;
  std::uint64_t older_writer = kNobody;
};

// What a stale read needs to know about a register: its value, once that was acknowledged, and an
// older one whose write had been acknowledged before the write of the newer one began.
struct Register {
  std::int64_t value = kNull;
  bool acknowledged = true;
  std::uint64_t writer = kNobody;  // index of the invocation
  std::int64_t older = kNull;
  std::uint64_t older_writer = kNobody;
  std::int64_t aborted = kNull;
  std::uint64_t aborted_writer = kNobody;
  // Where the value comes from: the last write (none: the initial value) and the cas since. If the
  // last of them is an acknowledged cas, `taken` is what it expected.
  std::vector<std::uint64_t> chain = {};
  std::optional<std::int64_t> taken = {};
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
    const Register& its = registers_[one.key];
    if (chance(options_.reads)) {
      one.kind = Kind::kRead;
      if (wants_anomaly()) inject(one);
    } else {
      const bool cas = chance(options_.cas / std::max(1e-9, 1 - options_.reads));
      one.kind = cas ? Kind::kCas : Kind::kWrite;
      if (cas) one.expected = chance(0.7) ? its.value : drawn_value();
      one.value = drawn_value();
      one.end = drawn_end();
      if (its.acknowledged) {
        one.older = its.value;
        one.older_writer = its.writer;
      }
      if (options_.anomaly == kTwoWinners && wants_anomaly()) contend(one);
    }
    emit(one, "invoke");
    return one;
  }

  // Makes a winner of a mutation: the second one of what a cas has just taken, or else, so that
  // there is one in histories with few cas, the first.
  void contend(Pending& one) {
    const Register& its = registers_[one.key];
    one.kind = Kind::kCas;
    one.end = End::kOk;
    one.expected = its.taken.value_or(its.value);
    if (!its.taken) return;
    one.injected = true;
    generated_.witness = its.chain;
    generated_.witness.push_back(one.invoked);
  }

  // Decides what a read returns before it is even sent.
  void inject(Pending& read) {
    Register& its = registers_[read.key];
    if (options_.anomaly == kTwoWinners) return;
    if (options_.anomaly == kUnwrittenRead) {
      read.value = next_value_++;
    } else if (options_.anomaly == kAbortedRead) {
      if (its.aborted_writer == kNobody) return;
      read.value = its.aborted;
      generated_.witness = {its.aborted_writer};
    } else {
      if (!its.acknowledged || its.writer == kNobody || its.older_writer == kNobody) return;
      read.value = its.older;
      generated_.witness = {its.older_writer, its.writer};
      if (options_.anomaly == kLostWrite) {
        its.value = its.older;
        its.writer = its.older_writer;
      }
    }
    generated_.witness.push_back(read.invoked);
    read.injected = true;
  }

  void advance(std::uint64_t place) override {
    if (!open(place).applied) {
      apply(open(place));
      return;
    }
    const Pending one = close(place);
    emit(one, checker::name(one.end));
    Register& its = registers_[one.key];
    if (one.kind != Kind::kRead && one.end == End::kOk && its.writer == one.invoked) {
      its.acknowledged = true;
    }
    if (one.kind == Kind::kWrite && one.end == End::kFail) {
      its.aborted = one.value;
      its.aborted_writer = one.invoked;
    }
    release(one.process, one.end);
  }

  void apply(Pending& one) {
    Register& its = registers_[one.key];
    one.applied = true;
    if (one.kind == Kind::kRead) {
      if (!one.injected) one.value = its.value;
      return;
    }
    if (one.kind == Kind::kCas && one.expected != its.value && !one.injected) {
      if (one.end == End::kOk) one.end = End::kFail;
      return;
    }
    if (one.end == End::kFail || (one.end == End::kInfo && chance(0.5))) return;
    its.value = one.value;
    its.writer = one.invoked;
    its.acknowledged = false;
    its.older = one.older;
    its.older_writer = one.older_writer;
    if (options_.anomaly == kTwoWinners) remember_origin(its, one);
  }

  static void remember_origin(Register& its, const Pending& one) {
    if (one.kind == Kind::kWrite) its.chain.clear();
    its.chain.push_back(one.invoked);
    its.taken.reset();
    if (one.kind == Kind::kCas && one.end == End::kOk) its.taken = one.expected;
  }

  static std::string shown(std::int64_t value) {
    return value == kNull ? "null" : fmt::format("{}", value);
  }

  void emit(const Pending& one, std::string_view type) {
    constexpr const char* kNames[] = {"read", "write", "cas"};
    std::string value = shown(type == "invoke" && one.kind == Kind::kRead ? kNull : one.value);
    if (one.kind == Kind::kCas) value = fmt::format("[{},{}]", shown(one.expected), value);
    Interleaving::emit(one.process, type, kNames[static_cast<std::size_t>(one.kind)], one.key,
                       value);
  }

  std::vector<Register> registers_;
};

class Registers : public HistoryGenerator {
 public:
  std::string_view name() const override { return "register"; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::optional<std::string> problem_of(const GenerateOptions& options) const override {
    if (options.anomaly.empty() || options.anomaly == kUnwrittenRead) return std::nullopt;
    const bool may_have_cas = options.anomaly == kTwoWinners;
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
