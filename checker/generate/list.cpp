// Histories of lists: append x, read -> array.
#include <utility>

#include "checker/generate/growing.h"

namespace capsize::checker {
namespace {

/// One read returns two elements in the wrong order: the first append had been acknowledged before
/// the second was invoked.
constexpr std::string_view kReordered = "reordered-append";
/// One read returns an element twice.
constexpr std::string_view kDoubled = "duplicate-append";
/// One read lacks an element that an earlier read returned, and returns one that was appended after
/// it.
constexpr std::string_view kIncompatible = "incompatible-order";
constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite,
                                   kReordered, kDoubled,       kIncompatible};

class List final : public GrowingCollection {
 public:
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
    if (anomaly == kDoubled) return doubled();
    if (anomaly == kIncompatible) return incompatible();
    if (anomaly != kReordered) return GrowingCollection::wrong_read(anomaly, unused);
    for (std::size_t i = elements().size(); i-- > 1;) {
      const Element& first = elements()[i - 1];
      const Element& second = elements()[i];
      if (first.acknowledged >= second.invoked) continue;
      std::vector<Element> shown = elements();
      std::swap(shown[i - 1], shown[i]);
      return Wrong{array_of(shown), {first.invoked, second.invoked}};
    }
    return std::nullopt;
  }

  std::string read(std::uint64_t invoked) override {
    shown_ = elements().size();
    by_ = invoked;
    return GrowingCollection::read(invoked);
  }

 private:
  std::optional<Wrong> doubled() {
    if (elements().empty()) return std::nullopt;
    std::vector<Element> shown = elements();
    shown.push_back(shown.back());
    return Wrong{array_of(shown), {shown.back().invoked}};
  }

  std::optional<Wrong> incompatible() {
    if (shown_ == 0 || shown_ == elements().size()) return std::nullopt;
    std::vector<Element> shown = elements();
    const Element missing = shown[shown_ - 1];
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(shown_ - 1));
    return Wrong{array_of(shown), {missing.invoked, by_}};
  }

  std::size_t shown_ = 0;  // elements in the last read, and when that began
  std::uint64_t by_ = kNoEvent;
};

class Lists final : public CollectionGenerator {
 public:
  std::string_view name() const override { return "list"; }
  std::string_view adds() const override { return "append"; }
  bool reads_show_all() const override { return true; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::unique_ptr<Collection> make() const override { return std::make_unique<List>(); }
};

const GeneratorRegistrar registered(std::make_unique<Lists>());

}  // namespace
}  // namespace capsize::checker
