// Histories of sets: add x, read -> array.
#include <algorithm>
#include <vector>

#include "checker/generate/growing.h"

namespace capsize::checker {
namespace {

/// One read returns an element that had been removed and is never added again.
constexpr std::string_view kResurrected = "resurrected-element";
constexpr std::array kAnomalies = {kStaleRead, kUnwrittenRead, kAbortedRead, kLostWrite,
                                   kResurrected};

class Set final : public GrowingCollection {
 public:
  void add(const Element& element) override {
    const bool there = std::any_of(elements().begin(), elements().end(), [&](const Element& known) {
      return known.value == element.value;
    });
    if (!there) GrowingCollection::add(element);
  }

  // Removes only acknowledged elements, and each once, so that the removal finds it.
  std::optional<Element> drawn_removal(std::uint64_t random) override {
    if (elements().empty()) return std::nullopt;
    Element element = elements()[random % elements().size()];
    const bool known = std::any_of(removals_.begin(), removals_.end(), [&](const auto& removal) {
      return removal.added.value == element.value;
    });
    if (known || element.acknowledged == kNoEvent) return std::nullopt;
    removals_.push_back({element, {}});
    return element;
  }

  void remove(const Element& element) override {
    std::erase_if(elements(), [&](const Element& known) { return known.value == element.value; });
  }

  void acknowledge(const Element& element) override {
    GrowingCollection::acknowledge(element);
    for (Removal& removal : removals_) {
      if (removal.added.value == element.value && removal.added.invoked != element.invoked) {
        removal.by = element;
      }
    }
  }

  std::optional<Wrong> wrong_read(std::string_view anomaly, std::int64_t unused) override {
    if (anomaly != kResurrected) return GrowingCollection::wrong_read(anomaly, unused);
    for (const Removal& removal : removals_) {
      if (removal.by.invoked == kNoEvent) continue;
      std::vector<Element> shown = elements();
      shown.push_back(removal.added);
      return Wrong{array_of(shown), {removal.added.invoked, removal.by.invoked}};
    }
    return std::nullopt;
  }

 private:
  struct Removal {
    Element added;
    Element by;  // the remove, once acknowledged
  };
  std::vector<Removal> removals_;
};

class Sets final : public CollectionGenerator {
 public:
  std::string_view name() const override { return "set"; }
  std::string_view adds() const override { return "add"; }
  std::string_view removes(const GenerateOptions& options) const override {
    return options.anomaly == kResurrected ? "remove" : "";
  }
  bool reads_show_all() const override { return true; }
  std::span<const std::string_view> anomalies() const override { return kAnomalies; }
  std::unique_ptr<Collection> make() const override { return std::make_unique<Set>(); }
};

const GeneratorRegistrar registered(std::make_unique<Sets>());

}  // namespace
}  // namespace capsize::checker
