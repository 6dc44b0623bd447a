// Histories of lists: append x, read -> array.
#include <utility>

#include "checker/generate/growing.h"

namespace capsize::checker {
namespace {

/// One read shows two elements the wrong way round, the first of which had been acknowledged when
/// the other was sent.
constexpr std::string_view kReordered = "reordered-append";
constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite,
                                   kReordered};

class List final : public GrowingCollection {
 public:
  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
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
