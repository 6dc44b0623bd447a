// capsize bundle: one archive of a run, to attach to an issue.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/printable.h"
#include "checker/core/verdict.h"
#include "harness/cli/verb.h"
#include "harness/evidence/archive_file.h"
#include "harness/evidence/bundle.h"
#include "harness/store/run_lock.h"
#include "harness/store/stored_runs.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

void print_note(const std::string& note) {
  std::fputs(("bundle: " + base::printable(note) + "\n").c_str(), stderr);
}

/// Shows how much has been read, at most every five seconds: a core dump can have gigabytes.
class ReadProgress {
 public:
  explicit ReadProgress(std::uint64_t total) : total_(total) {}
  void add(std::uint64_t bytes) {
    read_ += bytes;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::seconds(5)) return;
    shown_ = now;
    const std::string line = fmt::format("bundle: {} of {}\n", size_text(read_), size_text(total_));
    std::fputs(line.c_str(), stderr);
  }

 private:
  std::uint64_t total_;
  std::uint64_t read_ = 0;
  std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

class Bundle final : public Verb {
 public:
  std::string_view name() const override { return "bundle"; }
  std::string_view summary() const override {
    return "Packs a run into one archive that begins with what explains its failure";
  }
  std::string_view examples() const override {
    return "The unpacked directory is a run: check and replay work on it. The nodes' data is "
           "included\n"
           "if it is small, or with --with-data.\n\n"
           "Examples:\n"
           "  capsize bundle store/latest                    SCENARIO-TIME-SEED.tar.zst\n"
           "  capsize bundle store/latest issue-7.tar.gz\n"
           "  tar -xf issue-7.tar.gz && cat */README.txt\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("run-directory", run_, "directory of the run").required().type_name("RUN_DIR");
    line.option("archive", archive_, "file to write: .tar.zst or .tar.gz [in this directory]")
        .type_name("OUT");
    line.flag("--with-data", with_data_, "include the nodes' data, whatever its size");
  }

  int run() override {
    std::error_code error;
    const fs::path run = fs::canonical(run_, error);
    if (error) return usage_error(fmt::format("{}: {}", run_, error.message()));
    const auto content = bundle_content(run, with_data_);
    if (!content) return usage_error(content.error().message);
    if (is_running(run)) {
      print_note("the run is not over: the archive has what is recorded by now");
    }
    const std::string name = run.parent_path().filename().string() + "-" + run.filename().string();
    const fs::path out = archive_.empty() ? fs::path(name + ".tar.zst") : fs::path(archive_);
    auto archive = ArchiveFile::create(out);
    if (!archive) return usage_error(archive.error().message);
    if (const auto done = write(run, name, content.value(), archive.value()); !done) {
      usage_error(done.error().message);
      return checker::exit_code(checker::Verdict::kHarnessError);
    }
    print_end(out, content.value());
    return 0;
  }

 private:
  static base::Status write(const fs::path& run, const std::string& name,
                            const BundleContent& content, ArchiveFile& archive) {
    ReadProgress progress(content.bytes);
    const std::int64_t modified = begin_of(run.filename().string()).value_or(0);
    const auto added =
        archive.add_text(name + "/README.txt", bundle_readme(run, content), modified);
    if (!added) return added;
    for (const auto& member : content.members) {
      const auto left_out = archive.add_file(name + "/" + member.name, run / member.name,
                                             [&](std::uint64_t bytes) { progress.add(bytes); });
      if (!left_out) return left_out.error();
      // A node of a run that is not over may have removed it.
      if (left_out.value()) print_note(*left_out.value() + ", left out");
    }
    return archive.finish();
  }

  static void print_end(const fs::path& out, const BundleContent& content) {
    std::error_code ignored;
    fmt::print("{:<12} {}\n", "archive", out.string());
    fmt::print("{:<12} {}\n", "size", size_text(fs::file_size(out, ignored)));
    fmt::print("{:<12} {} files, {}\n", "content", content.members.size() + 1,
               size_text(content.bytes));
    if (content.data_left_out > 0) {
      fmt::print("{:<12} {} of the nodes' data (--with-data includes it)\n", "left out",
                 size_text(content.data_left_out));
    }
    for (const auto& name : content.skipped) {
      print_note(name + ": no file of its own, left out");
    }
  }

  std::string run_;
  std::string archive_;
  bool with_data_ = false;
};

const base::Registered<Verb, Bundle> registered;

}  // namespace
}  // namespace capsize::harness
