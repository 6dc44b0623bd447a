#include "base/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/version.h"

// CLI11's typed options are templates, instantiated for every type. Here all options hold strings,
// and the conversions below are plain functions.
namespace capsize::base {
namespace {

using Values = std::vector<std::string>;

// CLI11 throws if a declaration is invalid: a bug in Capsize, not a mistake of its user.
template <class Declare>
auto declared(Declare declare) {
  try {
    return declare();
  } catch (const CLI::Error& error) {
    check_failed(__FILE__, __LINE__, error.what(), "options are declared once, with valid names");
  }
}

// strto* skip whitespace, read "-1" as 2^64 - 1 and clamp large numbers: the result would not be
// the number that the user wrote.
bool begins_number(const std::string& text, std::string_view signs) {
  return !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0 ||
                           signs.find(text[0]) != std::string_view::npos);
}

bool ends_at(const std::string& text, const char* end) {
  return end == text.c_str() + text.size();
}

bool convert(const std::string& text, std::uint64_t& target) {
  if (!begins_number(text, "+")) return false;
  char* end = nullptr;
  errno = 0;
  target = std::strtoull(text.c_str(), &end, 0);
  return ends_at(text, end) && errno == 0;
}

bool convert(const std::string& text, std::uint32_t& target) {
  std::uint64_t wide = 0;
  if (!convert(text, wide) || wide > std::numeric_limits<std::uint32_t>::max()) return false;
  target = static_cast<std::uint32_t>(wide);
  return true;
}

bool convert(const std::string& text, int& target) {
  if (!begins_number(text, "+-")) return false;
  char* end = nullptr;
  errno = 0;
  const long long wide = std::strtoll(text.c_str(), &end, 0);
  target = static_cast<int>(wide);
  return ends_at(text, end) && errno == 0 && target == wide;
}

bool convert(const std::string& text, double& target) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text[0])) != 0) return false;
  char* end = nullptr;
  errno = 0;
  target = std::strtod(text.c_str(), &end);
  const bool overflow = errno == ERANGE && std::isinf(target);
  return ends_at(text, end) && !overflow;
}

bool read(const std::string& text, std::string& target) {
  target = text;
  return true;
}

bool read(const std::string& text, std::optional<std::string>& target) {
  target = text;
  return true;
}

template <class Number>
bool read(const std::string& text, Number& target) {
  target = {};
  return text.empty() || convert(text, target);
}

template <class Number>
bool read(const std::string& text, std::optional<Number>& target) {
  target.reset();
  return text.empty() || convert(text, target.emplace());
}

std::string show(const std::string& value) {
  return value;
}

std::string show(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

template <class Integer>
std::string show(Integer value) {
  return std::to_string(value);
}

template <class T>
std::string show(const std::optional<T>& value) {
  return value ? show(*value) : "";
}

CLI::Option* add(CLI::App& app, std::string_view name, std::string_view help, const char* type,
                 std::function<bool(const Values&)> callback,
                 std::function<std::string()> default_value) {
  return declared([&] {
    CLI::Option* option = app.add_option(std::string(name), std::move(callback), std::string(help),
                                         false, std::move(default_value));
    return option->type_name(type);
  });
}

template <class T>
CLI::Option* add_single(CLI::App& app, std::string_view name, T& target, std::string_view help,
                        const char* type) {
  return add(
      app, name, help, type,
      [&target](const Values& values) { return read(values.front(), target); },
      [&target] { return show(target); });
}

template <class T>
CLI::Option* add_repeated(CLI::App& app, std::string_view name, std::vector<T>& target,
                          std::string_view help, const char* type) {
  const auto callback = [&target](const Values& values) {
    target.clear();
    for (const std::string& value : values) {
      if (!read(value, target.emplace_back())) return false;
    }
    return !target.empty();
  };
  return add(app, name, help, type, callback, {})->expected(CLI::detail::expected_max_vector_size);
}

std::string version_line(std::string_view binary) {
  std::string line(binary);
  line.append(" ").append(version()).append(" (revision ").append(revision());
  return line.append(", ").append(build_type()).append(")\n");
}

// Messages quote arguments, and must stay on one line for people and scripts.
std::string one_line(std::string_view message) {
  std::string line;
  for (const char c : message) {
    if (std::iscntrl(static_cast<unsigned char>(c)) == 0) {
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(c) & 0xffU);
      line += code;
    }
  }
  return line;
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::default_text(std::string_view text) {
  option_->default_str(std::string(text));
  return *this;
}

Option& Option::type_name(std::string_view name) {
  option_->type_name(std::string(name));
  return *this;
}

Option& Option::group(std::string_view heading) {
  option_->group(std::string(heading));
  return *this;
}

Option& Option::one_of(std::initializer_list<std::string_view> choices) {
  std::string set = "{";
  for (const std::string_view choice : choices) {
    set.append(set.size() > 1 ? "," : "").append(choice);
  }
  set += "}";
  const std::vector<std::string> known(choices.begin(), choices.end());
  const auto check = [known, set](const std::string& value) {
    const bool found = std::find(known.begin(), known.end(), value) != known.end();
    return found ? std::string() : value + " not in " + set;
  };
  option_->check(check, set);
  return *this;
}

Option& Option::range(std::uint64_t min, std::uint64_t max) {
  const std::string low = std::to_string(min), high = std::to_string(max);
  const auto check = [min, max, low, high](const std::string& value) {
    std::uint64_t number = 0;
    if (convert(value, number) && number >= min && number <= max) return std::string();
    return "Value " + value + " not in range " + low + " to " + high;
  };
  option_->check(check, "UINT in [" + low + " - " + high + "]");
  return *this;
}

Option& Option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option& Option::separated_by(char separator) {
  option_->delimiter(separator);
  return *this;
}

Option& Option::one_value_each() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::without_ellipsis() {
  option_->expected(1)->take_all();
  return *this;
}

Option& Option::excludes(std::string_view name) {
  declared([&] { return option_->excludes(std::string(name)); });
  return *this;
}

struct CommandLine::State {
  std::unique_ptr<CLI::App> owned;  // null for a subcommand: its parent owns the app
  CLI::App* app;
  std::vector<std::unique_ptr<CommandLine>> subcommands;
  std::map<std::string, std::string> former;  // options: former name, current name
  std::string binary;                         // the name in --version
};

CommandLine::CommandLine(std::string_view program, std::string_view description)
    : state_(std::make_unique<State>()) {
  state_->owned = std::make_unique<CLI::App>(std::string(description), std::string(program));
  state_->app = state_->owned.get();
  state_->binary = program;
  const auto text = [this] { return version_line(state_->binary); };
  state_->app->set_version_flag("--version", text, "Print version, revision and build, and exit");
}

CommandLine::CommandLine(std::unique_ptr<State> state) : state_(std::move(state)) {}
CommandLine::~CommandLine() = default;

void CommandLine::set_binary(std::string_view name) {
  state_->binary = name;
}

void CommandLine::set_footer(std::string_view text) {
  state_->app->footer(std::string(text));
}

Option CommandLine::option(std::string_view name, std::string& target, std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "TEXT"));
}

Option CommandLine::option(std::string_view name, int& target, std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "INT"));
}

Option CommandLine::option(std::string_view name, std::uint32_t& target, std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "UINT"));
}

Option CommandLine::option(std::string_view name, std::uint64_t& target, std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "UINT"));
}

Option CommandLine::option(std::string_view name, double& target, std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "FLOAT"));
}

Option CommandLine::option(std::string_view name, std::optional<std::string>& target,
                           std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "TEXT"));
}

Option CommandLine::option(std::string_view name, std::optional<std::uint64_t>& target,
                           std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "UINT"));
}

Option CommandLine::option(std::string_view name, std::optional<double>& target,
                           std::string_view help) {
  return Option(add_single(*state_->app, name, target, help, "FLOAT"));
}

Option CommandLine::option(std::string_view name, std::vector<std::string>& target,
                           std::string_view help) {
  return Option(add_repeated(*state_->app, name, target, help, "TEXT"));
}

Option CommandLine::option(std::string_view name, std::vector<std::uint64_t>& target,
                           std::string_view help) {
  return Option(add_repeated(*state_->app, name, target, help, "UINT"));
}

Option CommandLine::flag(std::string_view name, bool& target, std::string_view help) {
  return Option(declared(
      [&] { return state_->app->add_flag(std::string(name), target, std::string(help)); }));
}

void CommandLine::accept_former(std::string_view former, std::string_view current) {
  CHECK(state_->app->get_option_no_throw(std::string(current)) != nullptr,
        "a former name belongs to a declared option");
  state_->former.emplace(former, current);
}

CommandLine& CommandLine::add_subcommand(std::string_view name, std::string_view summary) {
  auto state = std::make_unique<State>();
  state->app = declared(
      [&] { return state_->app->add_subcommand(std::string(name), std::string(summary)); });
  state_->subcommands.emplace_back(new CommandLine(std::move(state)));
  return *state_->subcommands.back();
}

void CommandLine::require_subcommand() {
  state_->app->require_subcommand(1);
}

namespace {

/// The Levenshtein distance. O(product of the lengths).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::string unknown_argument(const CLI::App& app) {
  constexpr std::size_t kLengthMax = 64, kDistanceMax = 2;
  const std::vector<std::string> rest = app.remaining();
  const auto flag = std::find_if(rest.begin(), rest.end(),
                                 [](const std::string& each) { return each.starts_with('-'); });
  if (flag == rest.end()) {
    return "found '" + (rest.empty() ? "" : rest.front()) + "', expected no further argument";
  }
  const std::string given = flag->substr(0, flag->find('='));
  std::string nearest;
  std::size_t best = kDistanceMax + 1;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (given.size() > kLengthMax) continue;
      const std::size_t apart = distance(given, "--" + name);
      if (apart < best) {
        best = apart;
        nearest = "--" + name;
      }
    }
  }
  const bool cut = given.size() > kLengthMax;
  return "found '" + given.substr(0, kLengthMax) + (cut ? "...', " : "', ") +
         (nearest.empty() ? "which is not an option" : "did you mean " + nearest + "?");
}

/// Rewrites CLI11's "Could not convert: --nodes = 2,5" to the form "found, expected".
std::string wrong_type(const CLI::App& app, const std::string& message) {
  constexpr std::string_view kBefore = "Could not convert: ";
  constexpr std::string_view kBetween = " = ";
  const std::size_t between = message.find(kBetween);
  if (!message.starts_with(kBefore) || between == std::string::npos) return message;
  const std::string name = message.substr(kBefore.size(), between - kBefore.size());
  const CLI::Option* option = app.get_option_no_throw(name);
  const std::string type = option == nullptr ? "" : option->get_type_name();
  const bool whole = type.find("INT") != std::string::npos;
  return name + ": found '" + message.substr(between + kBetween.size()) + "', expected " +
         (type.starts_with("UINT") ? "a non-negative integer"
          : whole                  ? "an integer"
                                   : "a number");
}

/// The message in the form of all Capsize errors: what was found, what was expected.
std::string explained(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unknown_argument(app);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    return wrong_type(app, error.what());
  }
  return error.what();
}

/// "--former" or "--former=value" under the option's name of today.
void rename_option(std::string& argument, const std::map<std::string, std::string>& former) {
  const std::size_t end = std::min(argument.find('='), argument.size());
  const auto renamed = former.find(argument.substr(0, end));
  if (renamed != former.end()) argument.replace(0, end, renamed->second);
}

}  // namespace

CommandLine::Outcome CommandLine::parse(std::span<char* const> arguments) {
  CHECK(state_->owned, "a subcommand is parsed by its command line");
  CLI::App& app = *state_->app;
  const auto subcommand = [&app]() -> CLI::App* {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? nullptr : parsed.front();
  };
  const auto subcommand_name = [&] { return subcommand() ? subcommand()->get_name() : ""; };
  try {
    // CLI11 takes the arguments in reverse order, without the program's name.
    Values reversed(arguments.rbegin(), arguments.rend());
    if (!reversed.empty()) reversed.pop_back();
    for (const auto& line : state_->subcommands) {
      if (reversed.empty() || line->state_->app->get_name() != reversed.back()) continue;
      for (auto& argument : reversed) rename_option(argument, line->state_->former);
    }
    for (auto& argument : reversed) rename_option(argument, state_->former);
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return Print{app.help()};  // the subcommand's help if one was named
  } catch (const CLI::CallForVersion& version) {
    return Print{version.what()};
  } catch (const CLI::ParseError& error) {
    return Failure{one_line(explained(subcommand() ? *subcommand() : app, error)),
                   subcommand_name()};
  } catch (const CLI::Error& error) {
    check_failed(__FILE__, __LINE__, error.what(), "no two options have the same name");
  }
  return Parsed{subcommand_name()};
}

}  // namespace capsize::base
