#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "checker/linearization/linearization.h"
#include "checker/report/operation_view.h"
#include "checker/specification/model.h"

namespace capsize::checker {
namespace {

std::string text(const std::string& content) {
  return base::Json(content).dump();
}

}  // namespace

void write_linearization(const History& file, const Linearization& linearization,
                         const std::function<void(std::string_view line)>& sink) {
  const Model* const model = find_model(linearization.model);  // none: one of the user's own
  const bool prepares = model != nullptr && model->prepare != nullptr;
  const Prepared prepared = prepares ? model->prepare(file) : Prepared{};
  const History& history = prepared.history ? *prepared.history : file;
  // Positions may be shared by operations of different processes.
  std::unordered_multimap<Position, std::uint32_t> places;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    places.emplace(history.operations[i].invoke, i);
  }
  sink(R"({"capsize-linearization":1,"model":)" + text(linearization.model) + R"(,"operations":)" +
       std::to_string(linearization.operations.size()) + "}\n");
  for (const LinearizationStep& step : linearization.operations) {
    const auto [begin, end] = places.equal_range(step.invoke);
    std::uint32_t first = kNever;  // of the operations of this process, which stand side by side
    for (auto place = begin; place != end; ++place) {
      if (history.operations[place->second].process != step.process) continue;
      first = std::min(first, place->second);
    }
    if (first == kNever) continue;
    const Operation& operation = history.operations[first + step.part];
    const OperationView shown = view(history, operation);
    std::string line = R"({"index":)" + std::to_string(shown.index) + R"(,"process":)" +
                       std::to_string(shown.process) + R"(,"f":)" + text(shown.function);
    const std::string& key = history.keys[operation.key];
    if (!key.empty()) line += R"(,"key":)" + text(key);
    sink(line + R"(,"value":)" + shown.value + "}\n");
  }
}

}  // namespace capsize::checker
