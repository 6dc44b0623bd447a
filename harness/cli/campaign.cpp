// capsize campaign: a suite on many machines.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/mismatch.h"
#include "harness/campaign/remote_engine.h"
#include "harness/cli/binaries.h"
#include "harness/cli/suite_command.h"
#include "harness/cli/verb.h"
#include "harness/suite/local_engine.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLocal = "local";

/// "dask=tls://HOST:8786": an engine and where it finds its workers.
struct EngineName {
  std::string name;
  std::string address;  // empty: workers of this machine
};

EngineName parse_engine(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, {}};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// The program of an engine: a path, or the name of one that is installed beside this program.
fs::path engine_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  return binary_directory() / ("capsize-engine-" + name);
}

class CampaignVerb final : public Verb, private SuiteCommand {
 public:
  std::string_view name() const override { return "campaign"; }
  std::string_view summary() const override {
    return "Runs a suite on many machines, by an engine that distributes its runs";
  }
  std::string_view examples() const override {
    return "Ledger, reports, controls, --resume and exit codes are those of `capsize suite`. An "
           "engine\n"
           "only executes: a run whose worker dies is started again, and is never a verdict.\n"
           "docs/CAMPAIGNS.md has the details; docs/SHARDS.md shows schedulers that need no "
           "engine.\n\n"
           "Examples:\n"
           "  capsize campaign nightly.json --engine dask --jobs 4      four workers here\n"
           "  capsize campaign nightly.json --engine dask=tls://10.0.0.5:8786 --resume \\\n"
           "      --engine-option tls-ca-file=ca.pem --engine-option tls-cert=me.pem \\\n"
           "      --engine-option tls-key=me.key\n"
           "  capsize campaign nightly.json --engine ./my-engine        a program of your own\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--engine", engine_,
                "local, dask, or the path of a program; with =ADDRESS where its workers are")
        .type_name("ENGINE[=ADDRESS]")
        .show_default();
    line.option("--engine-option", options_, "passed to the engine's program as --NAME VALUE")
        .type_name("NAME=VALUE");
    line.flag("--allow-plaintext", plaintext_,
              "accept a tcp:// address: everyone who can reach it can execute anything on its "
              "workers, and read and change what they answer");
    SuiteCommand::add_options(line);
  }
  int run() override { return SuiteCommand::run(); }

 private:
  [[nodiscard]] base::Status check_engine() const override {
    const EngineName engine = parse_engine(engine_);
    if (engine.name == kLocal) return check_local(engine);
    if (engine.address.starts_with("tcp://") && !plaintext_) {
      return base::Error{fmt::format(
          "--engine: found {}, expected tls://: over plain TCP everyone who can reach the address "
          "can execute anything on the workers; --allow-plaintext accepts that",
          base::excerpt(engine.address))};
    }
    for (const auto& option : options_) {
      const auto equals = option.find('=');
      if (equals == std::string::npos || equals == 0 || option.front() == '-') {
        return base::Error{"--engine-option: " + base::mismatch(option, "NAME=VALUE")};
      }
    }
    std::error_code ignored;
    if (fs::is_regular_file(engine_program(engine.name), ignored)) return {};
    return base::Error{
        "--engine: " +
        base::mismatch(engine_, "local, dask, or the path of a program, with or without =ADDRESS")};
  }

  [[nodiscard]] base::Status check_local(const EngineName& engine) const {
    if (!engine.address.empty()) {
      return base::Error{"--engine: " + base::mismatch(engine_, "local without an address")};
    }
    if (options_.empty() && !plaintext_) return {};
    return base::Error{fmt::format("{}: found with --engine local, expected with an engine program",
                                   plaintext_ ? "--allow-plaintext" : "--engine-option")};
  }

  [[nodiscard]] base::Result<std::unique_ptr<Engine>> make_engine(
      const EnginePlan& plan) const override {
    const EngineName engine = parse_engine(engine_);
    if (engine.name == kLocal) {
      return std::unique_ptr<Engine>(
          std::make_unique<LocalEngine>(plan.program, plan.store, plan.jobs));
    }
    const fs::path work = fs::absolute(plan.store) / ".engine";
    std::error_code error;
    fs::create_directories(work, error);
    fs::permissions(work, fs::perms::owner_all, error);
    if (error) return base::Error{work.string() + ": cannot be created: " + error.message()};
    EngineProgram program{.program = engine_program(engine.name),
                          .arguments = arguments(engine, plan, work),
                          .work = work,
                          .log = work / "log.txt",
                          .store = plan.store,
                          .keep = plan.keep};
    return std::unique_ptr<Engine>(std::make_unique<RemoteEngine>(std::move(program)));
  }

  [[nodiscard]] std::vector<std::string> arguments(const EngineName& engine, const EnginePlan& plan,
                                                   const fs::path& work) const {
    std::vector<std::string> arguments = {"--work-directory", work.string()};
    if (engine.address.empty()) {
      // The workers are on this machine, and execute what this program would.
      arguments.insert(arguments.end(), {"--workers", std::to_string(plan.jobs), "--capsize",
                                         (binary_directory() / "capsize").string(), "--runner",
                                         fs::absolute(plan.program).string()});
    } else {
      arguments.insert(arguments.end(), {"--address", engine.address});
      if (plaintext_) arguments.emplace_back("--allow-plaintext");
    }
    for (const auto& option : options_) {
      const auto equals = option.find('=');
      arguments.push_back("--" + option.substr(0, equals));
      arguments.push_back(option.substr(equals + 1));
    }
    return arguments;
  }

  std::string engine_ = std::string(kLocal);
  std::vector<std::string> options_;
  bool plaintext_ = false;
};

const base::Registered<Verb, CampaignVerb> registered;

}  // namespace
}  // namespace capsize::harness
