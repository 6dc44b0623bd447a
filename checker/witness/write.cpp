#include <nlohmann/json.hpp>
#include <unordered_map>

#include "checker/explain/explain.h"
#include "checker/witness/witness.h"

namespace capsize::checker {

void write_witness(const History& history, const Witness& witness,
                   const std::function<void(std::string_view line)>& sink) {
  // Positions may be shared by operations of different processes.
  std::unordered_multimap<Position, std::uint32_t> places;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    places.emplace(history.operations[i].invoke, i);
  }
  nlohmann::ordered_json header = {
      {"capsize-witness", 1}, {"model", witness.model}, {"operations", witness.operations.size()}};
  sink(header.dump() + "\n");
  for (const WitnessStep& step : witness.operations) {
    const auto [begin, end] = places.equal_range(step.invoke);
    for (auto place = begin; place != end; ++place) {
      const Operation& operation = history.operations[place->second];
      if (operation.process != step.process) continue;
      const OperationView shown = view(history, operation);
      nlohmann::ordered_json line = {
          {"index", shown.index}, {"process", shown.process}, {"f", shown.function}};
      if (!history.keys[operation.key].empty()) line["key"] = history.keys[operation.key];
      line["value"] = nlohmann::ordered_json::parse(shown.value, nullptr, false);
      sink(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
      break;
    }
  }
}

}  // namespace capsize::checker
