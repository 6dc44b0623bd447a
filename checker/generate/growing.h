// A collection that only grows and is read as a whole: a list, or a set.
#pragma once

#include <array>

#include "checker/generate/collection.h"

namespace capsize::checker {

/// One read lacks an element whose add had been acknowledged before it began.
inline constexpr std::string_view kStaleRead = "stale-read";
/// One read returns an element that no operation adds.
inline constexpr std::string_view kUnwrittenRead = "unwritten-read";
/// One read returns an element that only a failed add tried to add.
inline constexpr std::string_view kAbortedRead = "aborted-read";
/// An acknowledged element is missing from this read and all later ones.
inline constexpr std::string_view kLostWrite = "lost-write";

class GrowingCollection : public Collection {
 public:
  void add(const Element& element) override { elements_.push_back(element); }
  void acknowledge(const Element& element) override;
  void abort(const Element& element) override { aborted_ = element; }
  std::string read(std::uint64_t) override { return array_of(elements_); }
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override;

 protected:
  [[nodiscard]] std::vector<Element>& elements() { return elements_; }

 private:
  std::optional<Wrong> without_acknowledged(bool until_the_end);

  std::vector<Element> elements_;  // in the order in which they took effect
  std::optional<Element> aborted_;
};

}  // namespace capsize::checker
