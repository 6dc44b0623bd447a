#include "checker/generate/growing.h"

#include <algorithm>

namespace capsize::checker {

void GrowingCollection::acknowledge(const Element& element) {
  for (Element& known : elements_) {
    if (known.invoked == element.invoked) known.acknowledged = element.acknowledged;
  }
}

std::optional<Collection::Wrong> GrowingCollection::wrong_read(std::string_view anomaly,
                                                               std::int64_t unused) {
  if (anomaly == kStaleRead || anomaly == kLostWrite) {
    return without_acknowledged(anomaly == kLostWrite);
  }
  const bool aborted = anomaly == kAbortedRead;
  if (aborted && !aborted_) return std::nullopt;
  std::vector<Element> shown = elements_;
  shown.push_back(aborted ? *aborted_ : Element{.value = unused});
  Wrong wrong{array_of(shown), {}};
  if (aborted) wrong.counterexample = {aborted_->invoked};
  return wrong;
}

std::optional<Collection::Wrong> GrowingCollection::without_acknowledged(bool until_the_end) {
  const auto is_acknowledged = [](const Element& one) { return one.acknowledged != kNoEvent; };
  const auto last = std::find_if(elements_.rbegin(), elements_.rend(), is_acknowledged);
  if (last == elements_.rend()) return std::nullopt;
  const auto place = std::prev(last.base());
  Wrong wrong{"", {place->invoked}};
  if (until_the_end) {
    elements_.erase(place);
    wrong.result = array_of(elements_);
  } else {
    // The state just before the add is stale both for a set and for a list.
    wrong.result = array_of({elements_.begin(), place});
  }
  return wrong;
}

}  // namespace capsize::checker
