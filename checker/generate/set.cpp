// Histories of sets: add x, read -> array.
#include <algorithm>

#include "checker/generate/growing.h"

namespace capsize::checker {
namespace {

constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite};

class Set final : public GrowingCollection {
 public:
  void add(const Element& element) override {
    const bool there = std::any_of(elements().begin(), elements().end(), [&](const Element& known) {
      return known.value == element.value;
    });
    if (!there) GrowingCollection::add(element);
  }
};

class Sets final : public CollectionGenerator {
 public:
  std::string_view name() const override { return "set"; }
  std::string_view adds() const override { return "add"; }
  bool reads_show_all() const override { return true; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::unique_ptr<Collection> make() const override { return std::make_unique<Set>(); }
};

const GeneratorRegistrar registered(std::make_unique<Sets>());

}  // namespace
}  // namespace capsize::checker
