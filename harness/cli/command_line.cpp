#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "base/command_line.h"
#include "base/printable.h"
#include "checker/core/verdict.h"
#include "harness/cli/verb.h"

namespace capsize::harness {

Verb::~Verb() = default;

int usage_error(std::string_view message) {
  fmt::print(stderr, "capsize: {}\n", base::printable(message));
  return checker::exit_code(checker::Verdict::kUsageError);
}

namespace {

int run_verb(std::string_view name) {
  Verb* verb = Verbs::instance().find(name);
  CHECK(verb != nullptr, "a parsed subcommand is a registered verb");
  return verb->run();
}

}  // namespace

int run_command_line(int argc, char** argv) {
  base::CommandLine line("capsize",
                         "Injects faults into a replicated system and checks its consistency.");
  line.require_subcommand();
  line.set_footer(
      "Exit codes: 0 valid, 1 invalid, 2 unknown, 3 vacuous, 254 usage error, 255 harness "
      "error, 130 interrupted.");
  for (const auto& verb : Verbs::instance().all()) {
    base::CommandLine& options = line.add_subcommand(verb->name(), verb->summary());
    options.set_footer(verb->examples());
    verb->add_options(options);
  }
  // Reported here because the library reports only that a subcommand is missing, not what was
  // found.
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (!first.starts_with("-") && Verbs::instance().find(first) == nullptr) {
    return usage_error(fmt::format("found '{}', expected a subcommand: {} (see 'capsize --help')",
                                   first, Verbs::instance().names()));
  }
  const auto outcome = line.parse({argv, static_cast<std::size_t>(argc)});
  if (const auto* print = std::get_if<base::CommandLine::Print>(&outcome)) {
    fmt::print("{}", print->text);
    return 0;
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    const std::string& verb = failure->subcommand;
    return usage_error(fmt::format("{} (see 'capsize {}{}--help')", failure->message, verb,
                                   verb.empty() ? "" : " "));
  }
  return run_verb(std::get<base::CommandLine::Parsed>(outcome).subcommand);
}

}  // namespace capsize::harness
