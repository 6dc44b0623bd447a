#include "checker/models/model.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/registry.h"

namespace capsize::checker {
namespace {

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The functions of the history that any operation uses.
std::vector<std::string_view> used_functions(const History& history) {
  std::vector<bool> used(history.functions.size());
  for (const Operation& operation : history.operations) used[operation.function] = true;
  std::vector<std::string_view> names;
  for (std::size_t id = 0; id < used.size(); ++id) {
    if (used[id]) names.emplace_back(history.functions[id]);
  }
  return names;
}

bool fits(const Model& model, const History& history,
          const std::vector<std::string_view>& functions) {
  for (const std::string_view name : functions) {
    if (!contains(model.functions, name)) return false;
  }
  if (model.plausible != nullptr && !model.plausible(history)) return false;
  return std::none_of(
      history.operations.begin(), history.operations.end(), [&](const Operation& operation) {
        return model.decode(history, operation, {}).kind == Decoded::Kind::kMalformed;
      });
}

std::string join(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::span<const Model* const> list_models() {
  return Registry<Model>::instance().items();
}

const Model* find_model(std::string_view name) {
  return Registry<Model>::instance().find(name);
}

const Model* guess_model(const History& history, std::string& message) {
  const auto functions = used_functions(history);
  std::vector<const Model*> fitting;
  for (const Model* model : list_models()) {
    if (fits(*model, history, functions)) fitting.push_back(model);
  }
  // Nobody ever changed anything: what a register says is what all of them say, if reads are plain.
  const bool only_reads = functions.size() == 1 && functions[0] == "read";
  std::vector<std::string_view> names;
  const Model* chosen = nullptr;
  for (const Model* model : fitting) {
    const bool special_case_fits = std::any_of(
        fitting.begin(), fitting.end(),
        [&](const Model* other) { return contains(other->generalised_by, model->name); });
    if (special_case_fits) continue;
    names.push_back(model->name);
    chosen = model;
  }
  if (names.size() == 1) return chosen;
  if (only_reads && std::all_of(history.operations.begin(), history.operations.end(),
                                [](const Operation& read) { return read.result == kNullValue; })) {
    return find_model("register");
  }
  message = names.empty() ? fmt::format("no model has the functions {}", join(functions))
                          : fmt::format("several models fit ({})", join(names));
  return nullptr;
}

ModelRegistrar::ModelRegistrar(Model model) {
  Registry<Model>::instance().add(std::move(model));
}

}  // namespace capsize::checker
