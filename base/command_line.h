// A command line: options, flags and subcommands, with --help, --version and one-line errors.
//
// Wraps CLI11, whose header costs seconds of compile time in every file that includes it.
//
//   std::uint64_t jobs = 1;
//   CommandLine line("capsize-sim", "Simulates clusters.");
//   line.option("--jobs", jobs, "processes").range(1, 1024).show_default();
//   const CommandLine::Outcome outcome = line.parse(arguments);
//
// A target must outlive parse(), and keeps its value if its option is not given. After an error,
// some targets may have been written. Names are unique within one command line (CHECK).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace CLI {
class Option;
}

namespace capsize::base {

/// A declared option, for refinement at its declaration. Valid as long as its command line.
class Option {
 public:
  Option& required();
  /// Help shows the target's current value as the default.
  Option& show_default();
  /// Help shows this text as the default; the target does not change.
  Option& default_text(std::string_view text);
  /// Help shows this instead of TEXT, UINT and so on.
  Option& type_name(std::string_view name);
  /// Help lists the option under this heading.
  Option& group(std::string_view heading);
  Option& one_of(std::initializer_list<std::string_view> choices);
  /// Requires an unsigned integer within the bounds, both included.
  Option& range(std::uint64_t min, std::uint64_t max);
  /// Requires a number above 0.
  Option& positive();
  /// One argument may contain several values: "3,5".
  Option& separated_by(char separator);
  /// For a repeated option: each occurrence takes one value, so that a positional argument may
  /// follow.
  Option& one_value_each();
  /// For a repeated option: help shows no "...".
  Option& without_ellipsis();
  /// Not allowed together with that option, which must be declared already.
  Option& excludes(std::string_view name);

 private:
  friend class CommandLine;
  explicit Option(CLI::Option* option) : option_(option) {}
  CLI::Option* option_;  // owned by the command line
};

class CommandLine {
 public:
  /// Success: the targets hold the given values.
  struct Parsed {
    std::string subcommand;  // empty: none
  };
  /// --help or --version: print the text to standard output and exit with 0.
  struct Print {
    std::string text;
  };
  /// A usage error.
  struct Failure {
    std::string message;     // one line: control characters of an argument are escaped
    std::string subcommand;  // the one being parsed; empty: none
  };
  using Outcome = std::variant<Parsed, Print, Failure>;

  /// `program` is the name in the usage line and in --version.
  CommandLine(std::string_view program, std::string_view description);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// The name in --version, if several binaries share one help text.
  void set_binary(std::string_view name);
  /// Text below the options in --help.
  void set_footer(std::string_view text);

  /// `name` is "--name" for an option, "name" for a positional argument. Integers are decimal, 0x…
  /// or 0… (octal); an empty argument is 0, or nothing for an optional number.
  Option option(std::string_view name, std::string& target, std::string_view help = {});
  Option option(std::string_view name, int& target, std::string_view help = {});
  Option option(std::string_view name, std::uint32_t& target, std::string_view help = {});
  Option option(std::string_view name, std::uint64_t& target, std::string_view help = {});
  Option option(std::string_view name, double& target, std::string_view help = {});
  Option option(std::string_view name, std::optional<std::string>& target,
                std::string_view help = {});
  Option option(std::string_view name, std::optional<std::uint64_t>& target,
                std::string_view help = {});
  Option option(std::string_view name, std::optional<double>& target, std::string_view help = {});
  /// Repeatable; each occurrence takes all values up to the next option. Replaces the defaults.
  Option option(std::string_view name, std::vector<std::string>& target,
                std::string_view help = {});
  Option option(std::string_view name, std::vector<std::uint64_t>& target,
                std::string_view help = {});
  /// True if given; "--name=false" sets it to false.
  Option flag(std::string_view name, bool& target, std::string_view help = {});

  /// The name of an option in an earlier release: still accepted, but not shown in help.
  void accept_former(std::string_view former, std::string_view current);

  /// The subcommand has --help but no --version. Owned by this command line.
  CommandLine& add_subcommand(std::string_view name, std::string_view summary);
  /// Requires exactly one subcommand.
  void require_subcommand();

  /// `arguments` as passed to main(): the first is the program.
  [[nodiscard]] Outcome parse(std::span<char* const> arguments);

 private:
  struct State;
  explicit CommandLine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace capsize::base
