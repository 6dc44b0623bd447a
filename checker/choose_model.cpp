#include "checker/choose_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "checker/history_checks/history_check.h"
#include "checker/registry.h"

namespace capsize::checker {

const Model* choose_model(const History& history, const std::string& asked, std::string& message) {
  const std::string& wanted = asked.empty() ? history.header_model : asked;
  if (wanted.empty()) {
    const Model* guessed = guess_model(history, message);
    if (guessed == nullptr) {
      message = fmt::format(
          "{}: found operations without a model, since {}; expected --model to "
          "name one of {}",
          history.file, message, Registry<Model>::instance().names());
    }
    return guessed;
  }
  const Model* model = find_model(wanted);
  if (model == nullptr) {
    message = fmt::format("{}: found model \"{}\", expected one of {}, {}", history.file,
                          excerpt(wanted), Registry<Model>::instance().names(),
                          Registry<HistoryCheck>::instance().names());
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
    if (std::find(known.begin(), known.end(), name) != known.end() || !history.uses(id)) continue;
    return fmt::format("{}: found function \"{}\", expected those of {}: {}", history.file,
                       excerpt(name), judge, fmt::join(known, ", "));
  }
  return std::nullopt;
}

}  // namespace capsize::checker
