// Shared by the generators of collections: clients that add elements and read, on several objects,
// and when an operation begins, takes effect and ends. What reading and adding mean is the object's
// matter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/generate/history_generator.h"

namespace capsize::checker {

/// An event's "index" that no event has.
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
  /// An element to take away, by an operation that has no result; nothing where there is none.
  [[nodiscard]] virtual std::optional<Element> drawn_removal(std::uint64_t) { return std::nullopt; }
  virtual void remove(const Element&) {}
  /// The add of this element, which took effect, was acknowledged at that index.
  virtual void acknowledge(const Element& element) = 0;
  /// An add that failed, for sure.
  virtual void abort(const Element& element) = 0;
  /// What a read that takes effect now returns, as JSON. May change the object (a dequeue).
  [[nodiscard]] virtual std::string read(std::uint64_t invoked) = 0;
  /// Whether no read takes effect now, so that none gets in the way of what wrong_read() decided.
  [[nodiscard]] virtual bool holds_reads() const { return false; }
  /// What wrong_read() decided upon was returned, at this index.
  virtual void end_wrong_read(std::uint64_t) {}
  /// What a read that begins now returns although it must not, however it overlaps with what is
  /// open, and the operations that prove it; nothing where there is no occasion. `unused`: it is
  /// never added.
  struct Wrong {
    std::string result;
    std::vector<std::uint64_t> counterexample;
  };
  [[nodiscard]] virtual std::optional<Wrong> wrong_read(std::string_view anomaly,
                                                        std::int64_t unused) = 0;
};

class CollectionGenerator : public HistoryGenerator {
 public:
  /// `f` of those who add and of those who read.
  [[nodiscard]] virtual std::string_view adds() const = 0;
  [[nodiscard]] virtual std::string_view reads() const { return "read"; }
  /// `f` of those who take an element away without a result; empty: there are none.
  [[nodiscard]] virtual std::string_view removes(const GenerateOptions&) const { return ""; }
  [[nodiscard]] virtual std::unique_ptr<Collection> make() const = 0;
  /// Whether each read shows everything that was ever added: histories then grow quadratically.
  [[nodiscard]] virtual bool reads_show_all() const { return false; }

  std::optional<std::string> problem_of(const GenerateOptions& options) const override;
  Generated generate(const GenerateOptions& options, const LineSink& sink) const override;
};

/// "[1,2,3]"
[[nodiscard]] std::string array_of(const std::vector<Element>& elements);

}  // namespace capsize::checker
