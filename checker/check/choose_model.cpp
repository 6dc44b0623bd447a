#include "checker/check/choose_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "checker/history_checks/history_check.h"
#include "checker/report/operation_view.h"

namespace capsize::checker {
namespace {

using Names = std::vector<std::string_view>;

constexpr std::size_t kRefusalsShown = 3;

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool contains_all(const Names& names, const Names& wanted) {
  return std::ranges::all_of(wanted, [&](std::string_view name) { return contains(names, name); });
}

std::string join(const Names& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// The functions of the history that any operation uses.
Names used_functions(const History& history) {
  std::vector<bool> used(history.functions.size());
  for (const Operation& operation : history.operations) used[operation.function] = true;
  Names names;
  for (std::size_t id = 0; id < used.size(); ++id) {
    if (used[id]) names.emplace_back(history.functions[id]);
  }
  return names;
}

// All functions that any model or check knows, sorted.
Names known_functions() {
  std::set<std::string_view> known;
  for (const Model* model : list_models()) {
    known.insert(model->functions.begin(), model->functions.end());
  }
  for (const HistoryCheck* check : list_history_checks()) {
    known.insert(check->functions.begin(), check->functions.end());
  }
  return {known.begin(), known.end()};
}

// The first operation whose value a model does not accept.
struct Refusal {
  const Operation* operation = nullptr;  // nullptr: it accepts all values
  std::string_view expected = {};
};

Refusal first_refusal(const Model& model, const History& history) {
  for (const Operation& operation : history.operations) {
    const Decoded decoded = model.decode(history, operation, {});
    if (decoded.kind == Decoded::Kind::kMalformed) return {&operation, decoded.expected};
  }
  return {};
}

// Returns what is wrong with the functions if no model that may be guessed has all of them.
std::string unfit_functions(const Names& functions) {
  const Names known = known_functions();
  for (const std::string_view name : functions) {
    if (contains(known, name)) continue;
    return fmt::format(
        "found function \"{}\", which no model has, expected --map f.{}=MEANT with what it means: "
        "{}",
        excerpt(name), excerpt(name), join(known));
  }
  Names fitting;
  for (const Model* model : list_models()) {
    if (contains_all(model->functions, functions)) fitting.push_back(model->name);
  }
  for (const HistoryCheck* check : list_history_checks()) {
    if (contains_all(check->functions, functions)) fitting.push_back(check->name);
  }
  if (!fitting.empty()) {
    return fmt::format("found the functions {} and no model, expected --model {}", join(functions),
                       fmt::join(fitting, " or --model "));
  }
  return fmt::format(
      "found the functions {}, which no model has together, expected one of the models {}, or "
      "--map f.FOUND=MEANT where a function means another one",
      join(functions), judge_names());
}

// Returns what is wrong with the values if some models have all functions; the model that accepted
// the most operations comes first.
std::string unfit_values(const History& history, std::vector<std::pair<Names, Refusal>> refusals) {
  std::ranges::stable_sort(refusals, [](const auto& a, const auto& b) {
    return a.second.operation > b.second.operation;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(refusals.size(), kRefusalsShown); ++i) {
    const auto& [models, refusal] = refusals[i];
    text += fmt::format("{}for {} found {}, expected {}", i == 0 ? "" : "; ",
                        fmt::join(models, " and "), described(history, *refusal.operation),
                        refusal.expected);
  }
  return text;
}

// Returns the only model that accepts all functions and values of the history; nullptr, and the
// reason, if there is none, or if there are several with different verdicts.
const Model* guess_model(const History& history, std::string& reason) {
  const Names functions = used_functions(history);
  std::vector<const Model*> fitting;
  std::vector<std::pair<Names, Refusal>> refusals;
  for (const Model* model : list_models()) {
    if (!model->guessed || !contains_all(model->functions, functions)) continue;
    if (model->plausible != nullptr && !model->plausible(history)) continue;
    const Refusal refusal = first_refusal(*model, history);
    if (refusal.operation == nullptr) {
      fitting.push_back(model);
      continue;
    }
    const auto same = std::ranges::find_if(refusals, [&](const auto& other) {
      return other.second.operation == refusal.operation &&
             other.second.expected == refusal.expected;
    });
    if (same == refusals.end()) {
      refusals.emplace_back(Names{model->name}, refusal);
    } else {
      same->first.push_back(model->name);
    }
  }
  Names names;
  const Model* chosen = nullptr;
  for (const Model* model : fitting) {
    const bool special_case_fits = std::ranges::any_of(
        fitting, [&](const Model* other) { return contains(other->generalised_by, model->name); });
    if (special_case_fits) continue;
    names.push_back(model->name);
    chosen = model;
  }
  if (names.size() == 1) return chosen;
  // Without mutations all models with plain reads agree with the register.
  const bool only_reads = functions.size() == 1 && functions[0] == "read";
  if (only_reads && std::ranges::all_of(history.operations, [](const Operation& read) {
        return read.result == kNullValue;
      })) {
    return find_model("register");
  }
  if (!names.empty()) {
    reason = fmt::format("found a history that several models fit, expected --model {}",
                         fmt::join(names, " or --model "));
  } else if (!refusals.empty()) {
    reason = unfit_values(history, std::move(refusals));
  } else {
    reason = unfit_functions(functions);
  }
  return nullptr;
}

}  // namespace

std::string judge_names() {
  return fmt::format("{}, {}", base::Registry<Model>::instance().names(),
                     base::Registry<HistoryCheck>::instance().names());
}

const Model* choose_model(const History& history, const std::string& asked, std::string& message) {
  const std::string& wanted = asked.empty() ? history.header_model : asked;
  if (wanted.empty()) {
    const Model* guessed = guess_model(history, message);
    if (guessed == nullptr) message = fmt::format("{}: {}", history.file, message);
    return guessed;
  }
  const Model* model = find_model(wanted);
  if (model == nullptr) {
    message = fmt::format("{}: found model \"{}\", expected one of {}", history.file,
                          excerpt(wanted), judge_names());
    return nullptr;
  }
  if (auto foreign =
          foreign_function(history, fmt::format("model {}", model->name), model->functions)) {
    message = *std::move(foreign);
    return nullptr;
  }
  return model;
}

std::optional<std::string> foreign_function(const History& history, std::string_view judge,
                                            const std::vector<std::string_view>& known) {
  for (FunctionId id = 0; id < history.functions.size(); ++id) {
    const std::string& name = history.functions[id];
    if (contains(known, name) || !history.uses(id)) continue;
    return fmt::format(
        "{}: found function \"{}\", expected those of {}: {} (--map f.{}=MEANT where it means one "
        "of these)",
        history.file, excerpt(name), judge, join(known), excerpt(name));
  }
  return std::nullopt;
}

}  // namespace capsize::checker
