#include "checker/explain/explain.h"

#include <algorithm>
#include <set>
#include <utility>

#include "checker/explain/explainers.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

Finding find(const KeyProblem& problem, std::span<const KeyOperation> counterexample) {
  for (const Explainer& explainer : problem.model.explainers) {
    if (auto found = explainer.explain(problem, counterexample)) return *std::move(found);
  }
  return explain_any(problem, counterexample);
}

// Whether a sentence contains these whole words (not "process 1" in "process 10").
bool has_words(const std::string& sentence, const std::string& words) {
  for (auto at = sentence.find(words); at != std::string::npos; at = sentence.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    if (end == sentence.size() || sentence[end] < '0' || sentence[end] > '9') return true;
  }
  return false;
}

// Sentences are composed by Wording, so the text of an operation identifies it in a sentence.
bool is_named(const Wording& wording, const std::string& sentence, const KeyOperation& operation) {
  if (has_words(sentence, wording.saw(operation))) return true;
  if (operation.observed != kNoValue && operation.written == kNoValue) return false;
  return has_words(sentence, wording.by_process(operation)) ||
         has_words(sentence, wording.acknowledged(operation, "had been")) ||
         has_words(sentence, wording.acknowledged(operation, "was"));
}

// If several operations have the same text (every acquisition of a process), the sentence is about
// the last one.
void mark_named(const KeyProblem& problem, std::span<const KeyOperation> shown,
                Violation& violation) {
  const Wording wording(problem);
  std::set<std::string> marked;
  for (std::size_t i = shown.size(); i-- > 0;) {
    OperationView& view = violation.operations[i];
    if (view.background || !is_named(wording, violation.sentence, shown[i])) continue;
    view.named = marked.insert(wording.saw(shown[i])).second;
  }
}

}  // namespace

Violation explain(const KeyProblem& problem, std::vector<std::uint32_t> set,
                  const Violates& violates, const Budget& budget) {
  const Sources sources(problem);
  set = with_sources(problem, sources, std::move(set), budget);
  Shrunk shrunk = shrink(problem, sources, std::move(set), violates, budget);
  Finding finding = find(problem, shrunk.operations);
  Violation violation;
  violation.anomaly = finding.anomaly;
  violation.key = problem.history.keys[problem.key];
  violation.sentence = std::move(finding.sentence);
  violation.minimal = shrunk.minimal;
  violation.staleness = finding.staleness;
  std::vector<KeyOperation> shown = std::move(shrunk.operations);
  // Failed operations are part of no order, but an explanation shows those that its sentence names.
  shown.insert(shown.end(), finding.mentioned.begin(), finding.mentioned.end());
  std::sort(shown.begin(), shown.end(),
            [](const KeyOperation& a, const KeyOperation& b) { return a.source < b.source; });
  for (const KeyOperation& operation : shown) {
    violation.operations.push_back(view(problem.history, problem.source(operation)));
    violation.operations.back().background =
        std::find(finding.background.begin(), finding.background.end(), operation.source) !=
        finding.background.end();
  }
  mark_named(problem, shown, violation);
  return violation;
}

}  // namespace capsize::checker
