#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "checker/verdict.h"
#include "harness/cli/verb.h"

namespace capsize::harness {

int usage_error(std::string_view message) {
  fmt::print(stderr, "capsize: {}\n", message);
  return checker::exit_code(checker::Verdict::kUsageError);
}

int run_command_line(int argc, char** argv) {
  CLI::App app("Tries to capsize a replicated system, and says whether it did.", "capsize");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 valid, 1 invalid, 2 unknown, 3 vacuous, 254 usage error, 255 harness "
      "error, 130 interrupted.");
  Verb* chosen = nullptr;
  for (const auto& verb : Verbs::instance().all()) {
    CLI::App* sub = app.add_subcommand(std::string(verb->name()), std::string(verb->summary()));
    sub->footer(std::string(verb->examples()));
    verb->add_options(*sub);
    sub->final_callback([&chosen, &verb] { chosen = verb.get(); });
  }
  // Said here, because the library only knows that a subcommand is missing, not which was meant.
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (!first.starts_with("-") && Verbs::instance().find(first) == nullptr) {
    return usage_error(fmt::format("found '{}', expected a subcommand: {} (see 'capsize --help')",
                                   first, Verbs::instance().names()));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto parsed = app.get_subcommands();
    fmt::print("{}", parsed.empty() ? app.help() : parsed.front()->help());
    return 0;
  } catch (const CLI::ParseError& error) {
    const auto parsed = app.get_subcommands();
    const std::string verb = parsed.empty() ? "" : parsed.front()->get_name() + " ";
    return usage_error(fmt::format("{} (see 'capsize {}--help')", error.what(), verb));
  }
  return chosen->run();
}

}  // namespace capsize::harness
