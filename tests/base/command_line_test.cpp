#include "base/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/version.h"

namespace capsize::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CommandLine::Outcome parse(CommandLine& line, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "program");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  return line.parse(raw);
}

bool is_parsed(const CommandLine::Outcome& outcome) {
  return std::holds_alternative<CommandLine::Parsed>(outcome);
}

std::string printed(const CommandLine::Outcome& outcome) {
  const auto* print = std::get_if<CommandLine::Print>(&outcome);
  return print ? print->text : "nothing to print";
}

std::string error(const CommandLine::Outcome& outcome) {
  const auto* failure = std::get_if<CommandLine::Failure>(&outcome);
  return failure ? failure->message : "no error";
}

/// The error of parsing `arguments` with one option --x of type T, or "no error".
template <class T>
std::string error_of(std::vector<std::string> arguments) {
  CommandLine line("program", "");
  T target{};
  line.option("--x", target);
  return error(parse(line, std::move(arguments)));
}

/// The value that an option of type T has after parsing `text`.
template <class T>
T value_of(const std::string& text) {
  CommandLine line("program", "");
  T target{};
  line.option("--x", target);
  const auto outcome = parse(line, {"--x", text});
  EXPECT_EQ(error(outcome), "no error") << text;
  return target;
}

TEST(Option_, EachType_ReadsItsValue) {
  EXPECT_EQ(value_of<std::string>("a b"), "a b");
  EXPECT_EQ(value_of<int>("-7"), -7);
  EXPECT_EQ(value_of<std::uint32_t>("4294967295"), 4294967295U);
  EXPECT_EQ(value_of<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(value_of<std::uint64_t>("0x10"), 16U);
  EXPECT_EQ(value_of<std::uint64_t>("010"), 8U);
  EXPECT_EQ(value_of<double>("0.25"), 0.25);
  EXPECT_EQ(value_of<double>("-1e3"), -1000.0);
  EXPECT_EQ(value_of<std::optional<std::string>>("a"), "a");
  EXPECT_EQ(value_of<std::optional<std::uint64_t>>("5"), 5U);
  EXPECT_EQ(value_of<std::optional<double>>("5"), 5.0);
  EXPECT_THAT(value_of<std::vector<std::string>>("a"), ElementsAre("a"));
  EXPECT_THAT(value_of<std::vector<std::uint64_t>>("5"), ElementsAre(5));
}

TEST(Option_, NotGiven_LeavesTheTargetUnchanged) {
  CommandLine line("program", "");
  std::string text = "before";
  std::optional<double> number;
  std::vector<std::uint64_t> list = {3, 5};
  line.option("--text", text);
  line.option("--number", number);
  line.option("--list", list);
  EXPECT_TRUE(is_parsed(parse(line, {})));
  EXPECT_EQ(text, "before");
  EXPECT_EQ(number, std::nullopt);
  EXPECT_THAT(list, ElementsAre(3, 5));
}

TEST(Option_, EmptyValue_IsZeroOrNulloptForANumberAndEmptyForText) {
  EXPECT_EQ(value_of<std::uint64_t>(""), 0U);
  EXPECT_EQ(value_of<std::optional<std::uint64_t>>(""), std::nullopt);
  EXPECT_EQ(value_of<std::optional<std::string>>(""), "");
}

TEST(Option_, NotANumber_NamesOptionAndValue) {
  EXPECT_EQ(error_of<std::uint64_t>({"--x", "many"}),
            "--x: found 'many', expected a non-negative integer");
  EXPECT_EQ(error_of<int>({"--x", "1.5"}), "--x: found '1.5', expected an integer");
  EXPECT_EQ(error_of<double>({"--x", "1,5"}), "--x: found '1,5', expected a number");
  EXPECT_EQ(error_of<std::uint64_t>({"--x", "12 "}),
            "--x: found '12 ', expected a non-negative integer");
  EXPECT_EQ(error_of<std::uint64_t>({"--x", " 12"}),
            "--x: found ' 12', expected a non-negative integer");
  EXPECT_EQ(error_of<double>({"--x", " 12"}), "--x: found ' 12', expected a number");
  EXPECT_EQ(error_of<std::optional<std::uint64_t>>({"--x", "-"}),
            "--x: found '-', expected a non-negative integer");
}

// strtoull clamps the first, and reads the last as 2^64 - 1.
TEST(Option_, NumberThatDoesNotFit_IsAnError) {
  for (const char* text : {"18446744073709551616", "99999999999999999999999", "-1"}) {
    EXPECT_THAT(error_of<std::uint64_t>({"--x", text}), HasSubstr(text));
    EXPECT_THAT(error_of<std::optional<std::uint64_t>>({"--x", text}), HasSubstr(text));
    EXPECT_THAT(error_of<std::vector<std::uint64_t>>({"--x", text}), HasSubstr(text));
  }
  EXPECT_THAT(error_of<std::uint32_t>({"--x", "4294967296"}), HasSubstr("4294967296"));
  EXPECT_THAT(error_of<int>({"--x", "2147483648"}), HasSubstr("2147483648"));
  EXPECT_THAT(error_of<int>({"--x", "-9223372036854775809"}), HasSubstr("-9223372036854775809"));
  EXPECT_THAT(error_of<double>({"--x", "1e999"}), HasSubstr("1e999"));
}

TEST(Option_, MissingValue_IsAnError) {
  EXPECT_THAT(error_of<std::string>({"--x"}), HasSubstr("--x"));
  EXPECT_THAT(error_of<std::vector<std::string>>({"--x"}), HasSubstr("--x"));
}

TEST(Option_, SingleGivenTwice_IsAnError) {
  EXPECT_THAT(error_of<std::string>({"--x", "1", "--x", "2"}), HasSubstr("--x"));
}

TEST(Option_, Range_IncludesBothBounds) {
  const auto error_at = [](const char* text) {
    CommandLine line("program", "");
    std::uint64_t target = 0;
    line.option("--x", target).range(2, 10);
    return error(parse(line, {"--x", text}));
  };
  EXPECT_EQ(error_at("2"), "no error");
  EXPECT_EQ(error_at("10"), "no error");
  EXPECT_EQ(error_at("1"), "--x: Value 1 not in range 2 to 10");
  EXPECT_EQ(error_at("11"), "--x: Value 11 not in range 2 to 10");
  EXPECT_EQ(error_at("-3"), "--x: Value -3 not in range 2 to 10");
  EXPECT_EQ(error_at("x"), "--x: Value x not in range 2 to 10");
  EXPECT_EQ(error_at(""), "--x: Value  not in range 2 to 10");
}

TEST(Option_, Positive_RefusesZero) {
  const auto error_at = [](const char* text) {
    CommandLine line("program", "");
    int target = 0;
    line.option("--x", target).positive();
    return error(parse(line, {"--x", text}));
  };
  EXPECT_EQ(error_at("1"), "no error");
  EXPECT_THAT(error_at("0"), HasSubstr("--x: Value 0 not in range"));
  EXPECT_THAT(error_at("-1"), HasSubstr("--x: Value -1 not in range"));
}

TEST(Option_, OneOf_ListsTheChoices) {
  const auto error_at = [](const char* text) {
    CommandLine line("program", "");
    std::string target;
    line.option("--x", target).one_of({"ipc", "tcp"});
    return error(parse(line, {"--x", text}));
  };
  EXPECT_EQ(error_at("tcp"), "no error");
  EXPECT_EQ(error_at("udp"), "--x: udp not in {ipc,tcp}");
  EXPECT_EQ(error_at("TCP"), "--x: TCP not in {ipc,tcp}");
}

TEST(Option_, SeparatedBy_ChecksEveryValue) {
  CommandLine line("program", "");
  std::vector<std::uint64_t> target = {1, 2, 3};
  line.option("--x", target).separated_by(',').range(1, 9).default_text("1,2,3");
  EXPECT_TRUE(is_parsed(parse(line, {"--x", "4,5", "--x", "6"})));
  EXPECT_THAT(target, ElementsAre(4, 5, 6));
  EXPECT_EQ(error(parse(line, {"--x", "4,10"})), "--x: Value 10 not in range 1 to 9");
}

TEST(Option_, Repeated_TakesAllUpToTheNextOption) {
  CommandLine line("program", "");
  std::vector<std::string> target;
  bool flag = false;
  line.option("--x", target);
  line.flag("--flag", flag);
  EXPECT_TRUE(is_parsed(parse(line, {"--x", "a", "b", "--flag", "--x", "c"})));
  EXPECT_THAT(target, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(flag);
}

TEST(Option_, OneValueEach_LeavesTheNextToThePositional) {
  CommandLine line("program", "");
  std::vector<std::string> target;
  std::string file;
  line.option("file", file);
  line.option("--x", target).one_value_each();
  EXPECT_TRUE(is_parsed(parse(line, {"--x", "a", "history", "--x", "b"})));
  EXPECT_THAT(target, ElementsAre("a", "b"));
  EXPECT_EQ(file, "history");
}

TEST(Option_, WithoutEllipsis_IsStillRepeated) {
  CommandLine line("program", "");
  std::vector<std::string> target;
  line.option("--x", target).one_value_each().without_ellipsis();
  EXPECT_TRUE(is_parsed(parse(line, {"--x", "a", "--x", "b", "--x=c"})));
  EXPECT_THAT(target, ElementsAre("a", "b", "c"));
  EXPECT_THAT(printed(parse(line, {"--help"})), testing::Not(HasSubstr("...")));
}

TEST(Option_, RequiredAndMissing_IsAnError) {
  CommandLine line("program", "");
  std::string target, file;
  line.option("--x", target).required();
  EXPECT_EQ(error(parse(line, {})), "--x is required");
}

TEST(Option_, Excludes_IsAnErrorInEitherOrder) {
  for (const bool swapped : {false, true}) {
    CommandLine line("program", "");
    std::string a;
    bool b = false;
    line.option("--a", a);
    line.flag("--b", b).excludes("--a");
    const auto outcome =
        swapped ? parse(line, {"--b", "--a", "1"}) : parse(line, {"--a", "1", "--b"});
    EXPECT_THAT(error(outcome), HasSubstr("excludes"));
  }
}

TEST(Flag_, GivenOrNegated_SetsTheTarget) {
  CommandLine line("program", "");
  bool on = false, off = true, untouched = true;
  line.flag("--on", on);
  line.flag("--off", off);
  line.flag("--untouched", untouched);
  EXPECT_TRUE(is_parsed(parse(line, {"--on", "--off=false"})));
  EXPECT_TRUE(on);
  EXPECT_FALSE(off);
  EXPECT_TRUE(untouched);
}

TEST(CommandLine_, Help_ShowsTypesDefaultsAndFooter) {
  CommandLine line("program", "Does something.");
  std::uint64_t jobs = 4;
  double share = 0.5;
  std::string target, kind = "ipc";
  std::vector<std::string> list;
  line.set_footer("Examples: none");
  line.option("file", target, "what to read").type_name("FILE").required();
  line.option("--jobs", jobs, "processes").range(1, 8).show_default();
  line.option("--share", share).show_default();
  line.option("--kind", kind).one_of({"ipc", "tcp"}).show_default();
  line.option("--list", list).default_text("a,b");
  const std::string help = printed(parse(line, {"--help"}));
  for (const char* part :
       {"Does something.\nUsage: program [OPTIONS] file\n", "file FILE REQUIRED", "what to read",
        "--help", "--version", "--jobs UINT:UINT in [1 - 8]=4", "--share FLOAT=0.5",
        "--kind TEXT:{ipc,tcp}=ipc", "--list TEXT=a,b ...", "Examples: none\n"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST(CommandLine_, Version_IsOneLineEvenIfRequiredOptionsAreMissing) {
  CommandLine line("program", "");
  std::string target;
  line.option("--x", target).required();
  const std::string built = " " + std::string(version()) + " (revision " + std::string(revision()) +
                            ", " + std::string(build_type()) + ")\n";
  EXPECT_EQ(printed(parse(line, {"--version"})), "program" + built);
  line.set_binary("program-with-bugs");
  EXPECT_EQ(printed(parse(line, {"--version"})), "program-with-bugs" + built);
  EXPECT_FALSE(version().empty() || revision().empty() || build_type().empty());
}

TEST(CommandLine_, UnknownArguments_AreErrors) {
  EXPECT_EQ(error_of<std::string>({"--y"}), "found '--y', did you mean --x?");
  EXPECT_EQ(error_of<std::string>({"a", "b"}), "found 'a', expected no further argument");
}

TEST(CommandLine_, NoArguments_NotEvenTheProgramName_Parses) {
  CommandLine line("program", "");
  EXPECT_TRUE(is_parsed(line.parse({})));
}

TEST(CommandLine_, Subcommand_ParsesItsOwnOptions) {
  CommandLine line("program", "");
  line.require_subcommand();
  std::uint64_t a = 0, b = 0;
  line.add_subcommand("first", "does a").option("--x", a);
  CommandLine& second = line.add_subcommand("second", "does b");
  second.option("--x", b);
  second.set_footer("Examples: of the second");
  const auto outcome = parse(line, {"second", "--x", "2"});
  ASSERT_TRUE(is_parsed(outcome)) << error(outcome);
  EXPECT_EQ(std::get<CommandLine::Parsed>(outcome).subcommand, "second");
  EXPECT_EQ(a, 0U);
  EXPECT_EQ(b, 2U);
  EXPECT_THAT(printed(parse(line, {"second", "--help"})), HasSubstr("Examples: of the second"));
  EXPECT_THAT(printed(parse(line, {"second", "--help"})), HasSubstr("Usage: program second"));
  EXPECT_THAT(printed(parse(line, {"--help"})), HasSubstr("does a"));
}

TEST(CommandLine_, FormerNames_AreAcceptedAndNotShown) {
  CommandLine line("program", "");
  std::string x;
  bool y = false;
  CommandLine& first = line.add_subcommand("first", "");
  first.option("--new", x);
  first.flag("--flag", y);
  first.accept_former("--old", "--new");
  first.accept_former("--flat", "--flag");
  EXPECT_TRUE(is_parsed(parse(line, {"first", "--old=--old"})));
  EXPECT_EQ(x, "--old") << "a value stays as it is";
  EXPECT_TRUE(is_parsed(parse(line, {"first", "--old", "2", "--flat"})));
  EXPECT_EQ(x, "2");
  EXPECT_TRUE(y);
  EXPECT_THAT(printed(parse(line, {"first", "--help"})), testing::Not(HasSubstr("--old")));
}

TEST(CommandLine_, SubcommandError_NamesTheSubcommand) {
  CommandLine line("program", "");
  line.require_subcommand();
  std::uint64_t x = 0;
  line.add_subcommand("first", "").option("--x", x);
  const auto inside = parse(line, {"first", "--x", "many"});
  EXPECT_EQ(error(inside), "--x: found 'many', expected a non-negative integer");
  EXPECT_EQ(std::get<CommandLine::Failure>(inside).subcommand, "first");
  const auto missing = parse(line, {});
  EXPECT_EQ(error(missing), "A subcommand is required");
  EXPECT_EQ(std::get<CommandLine::Failure>(missing).subcommand, "");
}

TEST(CommandLine_, LineBreaksInAValue_StayOneLineInTheError) {
  EXPECT_EQ(error_of<std::uint64_t>({"--x", "1\n2\x1b[31m"}),
            "--x: found '1\\n2\\x1b[31m', expected a non-negative integer");
  EXPECT_EQ(value_of<std::string>("1\n2"), "1\n2");
}

TEST(CommandLine_, VeryLongArguments_AreReadOrRefused) {
  const std::string digits(1'000'000, '9');
  EXPECT_EQ(value_of<std::string>(digits), digits);
  EXPECT_THAT(error_of<std::uint64_t>({"--x", digits}), HasSubstr("--x: found '999"));
  EXPECT_THAT(error_of<std::string>({"--" + digits}), HasSubstr("which is not an option"));
}

TEST(CommandLineDeathTest, SameNameTwice_FailsACheck) {
  const auto declare_twice = [] {
    CommandLine line("program", "");
    std::string target;
    line.option("--x", target);
    line.option("--x", target);
  };
  EXPECT_EXIT(declare_twice(), testing::ExitedWithCode(kInvariantExit), "declared once");
}

}  // namespace
}  // namespace capsize::base
