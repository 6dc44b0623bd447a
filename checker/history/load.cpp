#include "checker/history/load.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "checker/history/byte_source.h"
#include "checker/history/foreign_content.h"
#include "checker/history/format.h"
#include "checker/history/history.h"
#include "checker/history/line_blocks.h"
#include "checker/history/malformed.h"
#include "checker/history/record_source.h"

namespace capsize::checker {
namespace {

using Result = std::variant<History, Malformed, LimitReached>;

constexpr std::size_t kKeysShown = 5;

std::string some_keys(const History& history) {
  std::string shown;
  for (std::size_t key = 0; key < std::min(kKeysShown, history.keys.size()); ++key) {
    shown += (key > 0 ? ", " : "") + excerpt(history.keys[key]);
  }
  return shown + (history.keys.size() > kKeysShown ? ", ..." : "");
}

// Keeps only the operations of the key that is shown as `text` (of both keys, if the number 1 and
// the string "1" are keys). Returns an error if there is none. O(operations).
std::optional<Malformed> keep_only_key(History& history, std::string_view text) {
  if (std::ranges::find(history.keys, text) == history.keys.end()) {
    return Malformed{
        history.file, 0, 0, fmt::format("no key \"{}\"", excerpt(text)),
        fmt::format("one of its {} keys: {}", history.keys.size(), some_keys(history))};
  }
  std::vector<Operation> kept;
  std::vector<std::string> keys;
  std::vector<bool> key_is_text;
  std::vector<std::uint64_t> begin = {0};
  std::unordered_set<std::int64_t> processes;
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    if (history.keys[key] != text) continue;
    for (Operation operation : history.of_key(key)) {
      operation.key = static_cast<KeyId>(keys.size());
      processes.insert(operation.process);
      kept.push_back(operation);
    }
    keys.push_back(history.keys[key]);
    key_is_text.push_back(history.key_is_text[key]);
    begin.push_back(kept.size());
  }
  history.operations = std::move(kept);
  history.keys = std::move(keys);
  history.key_is_text = std::move(key_is_text);
  history.key_begin = std::move(begin);
  history.count_outcomes();
  history.counts.processes = processes.size();
  return std::nullopt;
}

constexpr std::uint64_t kLinesPerBudgetCheck = 4096;

std::optional<Line> first_line_with_content(LineReader& lines) {
  for (auto line = lines.peek(); line; line = lines.peek()) {
    if (line->text.find_first_not_of(" \t\r") != std::string_view::npos) return line;
    lines.next();
  }
  return std::nullopt;
}

std::optional<LimitReached> bound_reached(std::uint64_t reading_bytes,
                                          const HistoryBuilder& builder, const Budget& budget) {
  if (budget.time_is_up()) {
    return LimitReached{
        fmt::format("{} ended the loading after {} events", budget.time_bound(), builder.events())};
  }
  if (reading_bytes + builder.memory_bytes() > budget.memory_limit_bytes()) {
    return LimitReached{
        fmt::format("the memory bound of {} bytes ended the loading after {} events",
                    budget.memory_limit_bytes(), builder.events())};
  }
  if (builder.events() > HistoryBuilder::kEventsMax - kLinesPerBudgetCheck) {
    return LimitReached{fmt::format("the file has more than {} events", builder.events())};
  }
  return std::nullopt;
}

// Passes one block to the parser. Returns the error that ends reading, if any.
std::optional<Malformed> parse_block(const LineBlocks::Block& block, std::uint64_t number,
                                     LineParser& parser, HistoryBuilder& builder,
                                     const std::function<bool()>& may_go_on) {
  std::uint64_t until_check = kLinesPerBudgetCheck;
  for (const BlockLine& its : block.lines) {
    const bool terminated = its.text.data() + its.text.size() < block.text.view().end();
    const Line line{its.text, number++, terminated};
    if (its.is_plain && parser.accept(its.event, line, builder)) continue;
    if (auto error = parser.parse(line, builder)) {
      if (!terminated && error->may_be_cut_off) {
        builder.history().cut_off = true;
      } else if (!builder.tolerate(error->malformed)) {
        return std::move(error->malformed);
      }
    }
    if (--until_check == 0) {
      if (!may_go_on()) return std::nullopt;
      until_check = kLinesPerBudgetCheck;
    }
  }
  return std::nullopt;
}

// Passes all lines to the parser. Returns why it stopped before the end, if it did.
std::optional<std::variant<Malformed, LimitReached>> parse_lines(LineReader& lines,
                                                                 const HistoryFormat& format,
                                                                 HistoryBuilder& builder,
                                                                 const Budget& budget) {
  const std::unique_ptr<LineParser> parser = format.make_parser();
  LineBlocks blocks(lines, format.read_plain, builder.vocabulary());
  std::optional<LimitReached> limit;
  const auto may_go_on = [&] {
    limit = bound_reached(lines.memory_bytes() + blocks.memory_bytes() + parser->memory_bytes(),
                          builder, budget);
    return !limit;
  };
  while (const auto* const block = blocks.next()) {
    if (auto malformed =
            parse_block(*block, lines.line_number() + 1, *parser, builder, may_go_on)) {
      lines.look_ahead();
      auto cause = lines.failure(builder.history().file);
      return cause ? *std::move(cause) : *std::move(malformed);
    }
    lines.count_lines(block->lines.size());
    if (limit || !may_go_on()) return *std::move(limit);
  }
  auto failure = lines.failure(builder.history().file);
  if (failure && !builder.tolerate(*failure)) return *std::move(failure);
  if (lines.cut_off() || parser->is_inside_record()) builder.history().cut_off = true;
  if (auto malformed = parser->finish(builder)) return *std::move(malformed);
  if (!may_go_on()) return *std::move(limit);
  return std::nullopt;
}

// If records share lines, line numbers count records.
Malformed in_records(Malformed malformed, const LineReader& lines) {
  malformed.line_is_record = lines.numbers_records() && malformed.line > 0;
  return malformed;
}

Result as_result(std::variant<Malformed, LimitReached> failure, const LineReader& lines) {
  if (auto* malformed = std::get_if<Malformed>(&failure)) {
    return in_records(std::move(*malformed), lines);
  }
  return std::get<LimitReached>(std::move(failure));
}

}  // namespace

std::variant<const HistoryFormat*, Malformed> choose_format(LineReader& lines,
                                                            const std::string& file,
                                                            const ReadOptions& options) {
  const auto& registry = base::Registry<HistoryFormat>::instance();
  if (!options.format.empty()) {
    if (const HistoryFormat* format = registry.find(options.format)) return format;
    return Malformed{file, 0, 0, fmt::format("format \"{}\"", excerpt(options.format)),
                     "one of " + registry.names()};
  }
  const auto line = first_line_with_content(lines);
  if (!line) return find_format("jsonl");  // empty: in any format a history without operations
  for (const bool general : {false, true}) {
    for (const HistoryFormat* format : registry.list()) {
      if (format->is_general != general) continue;
      if (format->recognises(line->text, options.vocabulary)) return format;
    }
  }
  return Malformed{file, line->number, 1, quoted_line(line->text),
                   "the first line of a known format (" + registry.names() +
                       "; --map names fields and columns that are called otherwise)"};
}

Result read_history(LineReader& lines, std::string file, const ReadOptions& options,
                    const Budget& budget) {
  auto choice = choose_format(lines, file, options);
  if (auto failure = lines.failure(file)) return *std::move(failure);
  if (auto* malformed = std::get_if<Malformed>(&choice)) return std::move(*malformed);
  const HistoryFormat& format = *std::get<const HistoryFormat*>(choice);
  HistoryBuilder builder(std::move(file), options);
  builder.history().format = format.name;
  builder.history().failed_cas_observes = format.failed_cas_observes;
  if (auto failure = parse_lines(lines, format, builder, budget)) {
    return as_result(*std::move(failure), lines);
  }
  Result finished = builder.finish(budget);
  auto* const history = std::get_if<History>(&finished);
  if (auto* malformed = std::get_if<Malformed>(&finished)) {
    return in_records(std::move(*malformed), lines);
  }
  if (history == nullptr) return finished;
  if (options.key) {
    if (auto missing = keep_only_key(*history, *options.key)) return *std::move(missing);
  }
  history->seconds_load = budget.seconds();
  return finished;
}

Result read_history_file(const std::filesystem::path& path, const ReadOptions& options,
                         const Budget& budget) {
  if (auto directory = directory_instead_of_file(path)) return *std::move(directory);
  ReadingBound bound{budget};
  auto source = open_source(path, &bound);
  if (source == nullptr) {
    return Malformed{path.string(), 0, 0, std::strerror(errno), "a file that can be read"};
  }
  LineReader lines(one_record_a_line(std::move(source)));
  Result result = read_history(lines, path.string(), options, budget);
  // The file has more lines than were read, so this result is not about the whole file.
  if (bound.reached) return LimitReached{budget.time_bound() + " ended the reading"};
  return result;
}

}  // namespace capsize::checker
