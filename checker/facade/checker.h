// The checker as a library: is a recorded history linearizable?
//
// Installed as <capsize/checker.h>; link with `capsize::checker` (find_package(Capsize)). It stands
// alone: of Capsize it includes nothing.
//
//     const capsize::Report report = capsize::check_file("history.jsonl");
//     if (report.verdict == capsize::Verdict::kInvalid) puts(report.reason.c_str());
//
// Errors. A malformed history, model or option gives the verdict kUsageError, whose reason names
// the place, what was found and what was expected. A limit that ends the check gives kUnknown,
// never kValid. The only exceptions are std::bad_alloc, any exception of a function of the user's
// own model (it passes through the check), and std::invalid_argument from an accessor of Value that
// does not fit its kind.
//
// Threads. Every function may be called from any number of threads at once. One call uses up to 16
// threads itself while the fast deciders run, and joins them before it returns. The functions of a
// user's own model are called on the calling thread only.
//
// Ownership. A Report owns everything in it. Arguments are read during the call and not kept.
//
// Complexity. Most histories in which every value is written once are decided in O(n log n),
// whatever the concurrency; everything else is searched, which is exponential in the number of
// concurrent operations in the worst case and ends at Options::time_limit or memory_limit_bytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capsize {

// ---- what a check returns ----

enum class Verdict : std::uint8_t {
  kValid,       ///< a legal order exists for every key
  kInvalid,     ///< some key has none: see Report::violations
  kUnknown,     ///< a limit ended the check: Report::reason names it
  kVacuous,     ///< there is nothing to judge, or nothing was acknowledged
  kUsageError,  ///< malformed history, unknown model or bad option: Report::reason says where
};

/// "valid", "invalid", "unknown", "vacuous", "usage error".
[[nodiscard]] std::string_view name(Verdict verdict);
/// Returns the exit code of `capsize check` for this verdict: 0, 1, 2, 3, 254.
[[nodiscard]] int exit_code(Verdict verdict);

enum class Outcome : std::uint8_t {
  kOk,    ///< acknowledged
  kFail,  ///< certainly did not take effect
  kInfo,  ///< indeterminate: may take effect at any time after its invocation, or never
};

/// "ok", "fail", "info".
[[nodiscard]] std::string_view name(Outcome outcome);

/// One operation of a violation.
struct Operation {
  std::int64_t process = 0;  ///< negative for a client with a name
  std::string process_name;  ///< the client's name in the history, or its number
  std::string function;
  std::string value;  ///< JSON text: the argument, or what a read returned
  std::optional<std::chrono::nanoseconds> invoke_time;    ///< empty if the history has no times
  std::optional<std::chrono::nanoseconds> complete_time;  ///< empty if it never completed
  std::uint64_t index = 0;                                ///< of its invocation in the history
  Outcome outcome = Outcome::kInfo;
};

struct Violation {
  std::string anomaly;   ///< "stale read", "lost write", …, "no legal order"
  std::string key;       ///< empty where the history has no keys
  std::string sentence;  ///< what happened when, and why no legal order explains it
  /// The counterexample, in order of invocation. For a built-in model these are the few operations
  /// that matter; for a user's own model, all operations that may have changed the state.
  std::vector<Operation> operations;
};

struct Counts {
  std::uint64_t operations = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  std::uint64_t keys = 0;
  std::uint64_t processes = 0;
};

struct Report {
  Verdict verdict = Verdict::kUsageError;
  std::string reason;                 ///< one line; empty if valid
  std::string model;                  ///< the one that judged
  std::string format;                 ///< of the history: one of formats()
  std::vector<Violation> violations;  ///< one per violating key, at most 16
  std::uint64_t violating_keys = 0;
  std::uint64_t unknown_keys = 0;
  Counts counts;
  /// What was skipped and what was assumed, one sentence each.
  std::vector<std::string> notes;
};

// ---- options ----

/// What a failed compare-and-set tells about the value.
enum class FailedCas : std::uint8_t {
  kIgnored,   ///< nothing
  kMismatch,  ///< if its error is "mismatch": that it read a value other than the expected one
  kObserves,  ///< whatever its error is: that it read a value other than the expected one
};

struct Model;

struct Options {
  /// Empty: the model in the history's header line, or the only one that fits.
  std::string model = {};
  /// Used instead of a built-in model, whatever the history's header line says. Must outlive the
  /// call.
  const Model* own_model = nullptr;
  std::string format = {};                  ///< empty: recognised by the first line
  std::optional<std::string> initial = {};  ///< the object's initial value, as JSON text
  std::optional<std::string> key = {};      ///< check only this key
  /// The history's own names, in the syntax of --map of `capsize check`: "key=k", "f.put=write".
  std::vector<std::string> names = {};
  /// The largest deviation of a process's clock from the true time. Matters for formats with one
  /// line per operation, such as CSV, which are ordered by time.
  std::chrono::nanoseconds clock_error{0};
  /// The unit of the history's times; it is never guessed. Dates with a time of day (ISO 8601) need
  /// none. Empty: nanoseconds.
  std::optional<std::chrono::nanoseconds> time_unit = {};
  /// Values are [key value] pairs of independent keys (Jepsen): yes, no, or detected (empty).
  std::optional<bool> independent = {};
  bool sequence = false;  ///< completions only; each operation ended before the next began
  bool lenient = false;   ///< skip lines that cannot be read instead of refusing the history
  std::optional<FailedCas> failed_cas = {};  ///< empty: as the format defines it
  std::chrono::nanoseconds time_limit = std::chrono::seconds(60);  ///< loading included
  std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30;       ///< loading included
};

/// Checks a file, compressed (gzip, zstd, xz) or not; "-" is standard input.
[[nodiscard]] Report check_file(const std::string& path, const Options& options = {});
/// Checks a history in memory.
[[nodiscard]] Report check_text(std::string_view history, const Options& options = {});

/// Return the names of the built-in models and of the formats, sorted.
[[nodiscard]] std::vector<std::string> models();
[[nodiscard]] std::vector<std::string> formats();

// ---- a model of one's own ----

/// A JSON value: an argument, an answer, or the state of a user's own model.
class Value {
 public:
  enum class Kind : std::uint8_t { kNull, kInteger, kText, kList, kOther };

  Value() = default;  ///< null
  Value(std::nullptr_t) {}
  Value(bool value) : kind_(Kind::kOther), text_(value ? "true" : "false") {}
  Value(int value) : kind_(Kind::kInteger), integer_(value) {}
  Value(std::int64_t value) : kind_(Kind::kInteger), integer_(value) {}
  Value(const char* text) : kind_(Kind::kText), text_(text) {}
  Value(std::string text) : kind_(Kind::kText), text_(std::move(text)) {}
  Value(std::vector<Value> elements) : kind_(Kind::kList), list_(std::move(elements)) {}
  /// Any other JSON value (1.5, an object), as minified JSON text.
  [[nodiscard]] static Value other(std::string json);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::kNull; }
  /// Each throws std::invalid_argument, with the value, if the value is of another kind.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const std::vector<Value>& list() const;

  [[nodiscard]] std::string json() const;
  friend bool operator==(const Value&, const Value&) = default;

 private:
  Kind kind_ = Kind::kNull;
  std::int64_t integer_ = 0;
  std::string text_;  // kOther: JSON text
  std::vector<Value> list_;
};

/// The effect of one operation: returns the state afterwards, or nothing if the operation cannot
/// have got this answer in this state. A pure function: equal arguments give equal results.
/// `answered` is the value of the completion; nothing for an indeterminate operation, which may
/// have been answered in any way. Failed operations never happened and are not passed.
using Effect = std::function<std::optional<Value>(const Value& state, const Value& asked,
                                                  const std::optional<Value>& answered)>;

struct Function {
  std::string name;  ///< as histories call it
  Effect effect;
  /// Promises that the state never changes, so that the search may apply it as soon as it can.
  bool read_only = false;
};

/// A sequential specification for Options::own_model. It is checked by just-in-time search (Lowe
/// 2017), which suits histories with up to a few dozen concurrent operations. The search tries an
/// indeterminate operation that is not read-only at every later point, a large number of them makes
/// it slow.
struct Model {
  std::string name = "own";         ///< must not be that of a built-in model
  Value initial = {};               ///< of every key, unless the history or the options give one
  std::vector<Function> functions;  ///< at most 240
};

}  // namespace capsize
