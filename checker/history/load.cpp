#include "checker/history/load.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "checker/history/file_source.h"
#include "checker/history/format.h"
#include "checker/registry.h"

namespace capsize::checker {
namespace {

using Result = std::variant<History, Malformed, LimitReached>;

constexpr std::uint64_t kLinesBetweenLooks = 4096;

std::optional<Line> first_line_with_content(LineReader& lines) {
  for (auto line = lines.peek(); line; line = lines.peek()) {
    if (line->text.find_first_not_of(" \t\r") != std::string_view::npos) return line;
    lines.next();
  }
  return std::nullopt;
}

// The format, or what is wrong with the file if there is none for it.
std::variant<const HistoryFormat*, Malformed> choose_format(LineReader& lines,
                                                            const std::string& file,
                                                            std::string_view wanted) {
  const auto& registry = Registry<HistoryFormat>::instance();
  if (!wanted.empty()) {
    if (const HistoryFormat* format = registry.find(wanted)) return format;
    return Malformed{file, 0, 0, fmt::format("format \"{}\"", excerpt(wanted)),
                     "one of " + registry.names()};
  }
  const auto line = first_line_with_content(lines);
  if (!line) return find_format("jsonl");  // empty: any format reads it as no operations
  for (const HistoryFormat* format : registry.items()) {
    if (format->recognises(line->text)) return format;
  }
  return Malformed{file, line->number, 1, fmt::format("\"{}\"", excerpt(line->text)),
                   "the first line of a known format (" + registry.names() + ")"};
}

std::optional<LimitReached> bound_reached(const HistoryBuilder& builder, const Budget& budget) {
  if (budget.time_is_up()) {
    return LimitReached{fmt::format("the time bound of {:g} s ended the loading after {} events",
                                    std::chrono::duration<double>(budget.time_limit()).count(),
                                    builder.events())};
  }
  if (builder.memory_bytes() > budget.memory_limit_bytes()) {
    return LimitReached{
        fmt::format("the memory bound of {} bytes ended the loading after {} events",
                    budget.memory_limit_bytes(), builder.events())};
  }
  if (builder.events() > HistoryBuilder::kEventsMax - kLinesBetweenLooks) {
    return LimitReached{fmt::format("the file has more than {} events", builder.events())};
  }
  return std::nullopt;
}

std::optional<Malformed> reading_failed(const LineReader& lines, const std::string& file) {
  if (lines.too_long()) {
    return Malformed{file, lines.line_number(), LineReader::kLineBytesMax, "a line that goes on",
                     fmt::format("at most {} bytes a line", LineReader::kLineBytesMax)};
  }
  if (!lines.error().empty()) {
    return Malformed{file, 0, 0, lines.error(), "a file that can be read"};
  }
  return std::nullopt;
}

}  // namespace

Result read_history(LineReader& lines, std::string file, std::string_view format_name,
                    const Budget& budget) {
  auto choice = choose_format(lines, file, format_name);
  if (auto failure = reading_failed(lines, file)) return *std::move(failure);
  if (auto* malformed = std::get_if<Malformed>(&choice)) return std::move(*malformed);
  const HistoryFormat& format = *std::get<const HistoryFormat*>(choice);
  const std::unique_ptr<LineParser> parser = format.make_parser();
  HistoryBuilder builder(file);
  builder.history().format = format.name;
  builder.history().failed_cas_observes = format.failed_cas_observes;
  std::uint64_t until_look = kLinesBetweenLooks;
  while (const auto line = lines.next()) {
    if (auto error = parser->parse(*line, builder)) {
      if (line->terminated || !error->may_be_cut_off) return std::move(error->malformed);
      builder.history().cut_off = true;
    }
    // Long lines count for more, so that a look is never further away than a few megabytes.
    const std::uint64_t weight = 1 + line->text.size() / 1024;
    until_look -= std::min(until_look, weight);
    if (until_look == 0) {
      if (auto limit = bound_reached(builder, budget)) return *std::move(limit);
      until_look = kLinesBetweenLooks;
    }
  }
  if (auto failure = reading_failed(lines, file)) return *std::move(failure);
  if (auto limit = bound_reached(builder, budget)) return *std::move(limit);
  auto finished = builder.finish(budget);
  if (auto* malformed = std::get_if<Malformed>(&finished)) return std::move(*malformed);
  if (auto* limit = std::get_if<LimitReached>(&finished)) return std::move(*limit);
  History history = std::move(std::get<History>(finished));
  history.seconds_load = budget.seconds();
  return history;
}

Result read_history_file(const std::filesystem::path& path, std::string_view format,
                         const Budget& budget) {
  auto source = open_source(path);
  if (!source) {
    return Malformed{path.string(), 0, 0, std::strerror(errno), "a file that can be read"};
  }
  LineReader lines(*std::move(source));
  return read_history(lines, path.string(), format, budget);
}

}  // namespace capsize::checker
