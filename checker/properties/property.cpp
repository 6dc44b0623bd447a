#include "checker/properties/property.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "checker/core/budget.h"
#include "checker/history/byte_source.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kEventsPerBudgetCheck = 8192;

struct Running {
  const PropertyKind* kind;
  std::unique_ptr<Property> property;
  std::string broken;                    // the sentence, once the property is violated
  std::optional<TraceEvent> event = {};  // that violated it
};

std::vector<PropertyReport> trace_error(const Malformed& malformed) {
  return {{Verdict::kUsageError, "trace", malformed.message()}};
}

std::vector<PropertyReport> reports(std::vector<Running> all, Verdict otherwise,
                                    const std::string& sentence) {
  std::vector<PropertyReport> out;
  for (Running& one : all) {
    const bool broken = !one.broken.empty();
    out.push_back({broken ? Verdict::kInvalid : otherwise, std::string(one.kind->name),
                   broken ? std::move(one.broken) : sentence, one.event});
  }
  return out;
}

std::vector<PropertyReport> run(std::vector<TraceReader> readers, ClusterView& cluster,
                                const TraceLimits& limits) {
  const Budget budget(limits.time_limit, 0);
  std::vector<Running> all;
  for (const PropertyKind* kind : list_properties()) all.push_back({kind, kind->make(), {}});
  MergedTraces traces(std::move(readers));
  std::uint64_t events = 0;
  while (const auto event = traces.next()) {
    for (Running& one : all) {
      if (!one.broken.empty()) continue;
      if (auto sentence = one.property->observe(*event, cluster)) {
        one.broken = *std::move(sentence);
        one.event = *event;
      }
    }
    cluster.follow(*event);
    if (++events >= limits.events_max) {
      return reports(std::move(all), Verdict::kUnknown,
                     fmt::format("the bound of {} events ended the check", limits.events_max));
    }
    if (events % kEventsPerBudgetCheck == 0 && budget.time_is_up()) {
      return reports(std::move(all), Verdict::kUnknown,
                     fmt::format("the time bound ended the check after {} events", events));
    }
  }
  if (const auto malformed = traces.malformed()) return trace_error(*malformed);
  if (events == 0) return reports(std::move(all), Verdict::kVacuous, "the traces hold no events");
  return reports(std::move(all), Verdict::kValid, "");
}

}  // namespace

const NodeLog& ClusterView::log(NodeNumber node) const {
  static const NodeLog kEmpty;
  return node < logs_.size() ? logs_[node] : kEmpty;
}

void ClusterView::follow(const TraceEvent& event) {
  if (event.node >= logs_.size()) logs_.resize(event.node + 1);
  logs_[event.node].follow(event);
}

std::vector<PropertyReport> check_traces(const std::vector<std::filesystem::path>& files,
                                         const TraceLimits& limits) {
  ClusterView cluster;
  std::vector<TraceReader> readers;
  for (const std::filesystem::path& file : files) {
    auto source = open_source(file);
    if (source == nullptr) {
      return trace_error({file.string(), 0, 0, std::strerror(errno), "a file that can be read"});
    }
    readers.emplace_back(file.string(), LineReader(std::move(source)), cluster.names());
  }
  return run(std::move(readers), cluster, limits);
}

std::vector<PropertyReport> check_trace_texts(
    const std::vector<std::pair<std::string, std::string_view>>& traces,
    const TraceLimits& limits) {
  ClusterView cluster;
  std::vector<TraceReader> readers;
  for (const auto& [name, text] : traces) {
    readers.emplace_back(name, LineReader::of_text(text), cluster.names());
  }
  return run(std::move(readers), cluster, limits);
}

std::vector<const PropertyKind*> list_properties() {
  return base::Registry<PropertyKind>::instance().list();
}

std::string time_text(std::int64_t nanoseconds) {
  return fmt::format("{:.3f} s", static_cast<double>(nanoseconds) / 1e9);
}

}  // namespace capsize::checker
