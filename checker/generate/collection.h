// Shared by the generators of collections: clients that add elements and read, on several objects.
// It decides when an operation begins, takes effect and ends; the object decides what adding and
// reading do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/generate/history_generator.h"

namespace capsize::checker {

/// An "index" that no event has.
inline constexpr std::uint64_t kNoEvent = ~std::uint64_t{0};

/// One element that was added.
struct Element {
  std::int64_t value = 0;
  std::uint64_t invoked = kNoEvent;       ///< index of the add's invocation
  std::uint64_t acknowledged = kNoEvent;  ///< index of its completion, if that was ok
};

/// One simulated object.
class Collection {
 public:
  virtual ~Collection() = default;
  virtual void add(const Element& element) = 0;
  /// Draws an element to remove by an operation without a result; nothing if there is none.
  [[nodiscard]] virtual std::optional<Element> drawn_removal(std::uint64_t) { return std::nullopt; }
  virtual void remove(const Element&) {}
  /// The add of this element, which has taken effect, has been acknowledged
  /// (Element::acknowledged).
  virtual void acknowledge(const Element& element) = 0;
  /// The add of this element has failed; it never takes effect.
  virtual void abort(const Element& element) = 0;
  /// Returns the result, as JSON, of a read that takes effect now. May change the object (a
  /// dequeue).
  [[nodiscard]] virtual std::string read(std::uint64_t invoked) = 0;
  /// Whether reads must not take effect now, because one could invalidate the counterexample of
  /// wrong_read().
  [[nodiscard]] virtual bool holds_reads() const { return false; }
  /// The result of wrong_read() has been returned, by the event with this index.
  virtual void end_wrong_read(std::uint64_t) {}
  /// A result that is wrong for a read that begins now, however the open operations are ordered,
  /// and the operations that prove it; nothing if the object is not in a suitable state. `unused`
  /// is a value that is never added.
  struct Wrong {
    std::string result;
    std::vector<std::uint64_t> counterexample;
  };
  [[nodiscard]] virtual std::optional<Wrong> wrong_read(std::string_view anomaly,
                                                        std::int64_t unused) = 0;
};

class CollectionGenerator : public HistoryGenerator {
 public:
  /// `f` of the operations that add, and of those that read.
  [[nodiscard]] virtual std::string_view adds() const = 0;
  [[nodiscard]] virtual std::string_view reads() const { return "read"; }
  /// `f` of the operations that remove an element without a result; empty: there are none.
  [[nodiscard]] virtual std::string_view removes(const GenerateOptions&) const { return ""; }
  [[nodiscard]] virtual std::unique_ptr<Collection> make() const = 0;
  /// Whether each read returns all elements, so that the size of a history is quadratic.
  [[nodiscard]] virtual bool reads_show_all() const { return false; }

  std::optional<std::string> problem_of(const GenerateOptions& options) const override;
  Generated generate(const GenerateOptions& options, const LineSink& sink) const override;
};

/// "[1,2,3]"
[[nodiscard]] std::string array_of(const std::vector<Element>& elements);

}  // namespace capsize::checker
