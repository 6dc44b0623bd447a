#include "harness/campaign/job.h"

#include <fmt/core.h>

#include <utility>

#include "base/base64.h"
#include "base/format_version.h"
#include "base/json.h"
#include "base/mismatch.h"
#include "base/units.h"
#include "base/version.h"
#include "harness/report/results.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::string_view kKeepAll = "all";
constexpr std::string_view kKeepFailures = "failures";

base::Result<Json> parse_object(std::string_view text, const char* format, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return base::Error{fmt::format("found {} bytes, expected at most {}", text.size(), bytes_max)};
  }
  Json object = Json::parse(text);
  if (!object.is_object() || !object.contains(format)) {
    return base::Error{base::mismatch(text, fmt::format("an object with the key {}", format))};
  }
  const auto known = base::check_format_version(object, format, kJobVersion);
  if (!known) return known.error();
  return object;
}

/// The value of a key. Throws base::JsonTypeError with the key in its text.
template <class T>
T required(const Json& object, const char* key) {
  const Json* value = object.find(key);
  if (value == object.end()) {
    throw base::JsonTypeError(fmt::format("found no key '{}', expected one", key));
  }
  try {
    return value->get<T>();
  } catch (const base::JsonTypeError& wrong) {
    throw base::JsonTypeError(fmt::format("key '{}': {}", key, wrong.what()));
  }
}

base::Result<Job> to_job(const Json& object) {
  Job job{.of = {},
          .id = required<std::string>(object, "run"),
          .seed = required<std::uint64_t>(object, "seed"),
          .attempt = required<std::uint64_t>(object, "attempt"),
          .deadline = {},
          .keep = Keep::kFailures,
          .revision = required<std::string>(object, "revision")};
  const auto deadline = base::parse_duration(required<std::string>(object, "deadline"));
  if (!deadline) return base::Error{"key 'deadline': " + deadline.error().message};
  job.deadline = deadline.value();
  const std::string keep = object.value("keep", std::string(kKeepFailures));
  if (keep != kKeepAll && keep != kKeepFailures) {
    return base::Error{"key 'keep': " + base::mismatch(keep, "failures or all")};
  }
  if (keep == kKeepAll) job.keep = Keep::kAll;
  const auto purpose = required<std::string>(object, "purpose");
  const auto known = purpose_named(purpose);
  if (!known) {
    return base::Error{"key 'purpose': " + base::mismatch(purpose, "the purpose of a run")};
  }
  job.of.purpose = *known;
  auto scenario = parse_scenario(object.at("scenario").dump(), "key 'scenario'");
  if (!scenario) return scenario.error();
  job.of.scenario = std::move(scenario).value();
  return job;
}

base::Result<JobAnswer> to_answer(const Json& object) {
  JobAnswer answer;
  if (const Json* run = object.find("run"); run != object.end() && !run->is_null()) {
    auto parsed = parse_ledger_run(*run);
    if (!parsed) return base::Error{"key 'run': " + parsed.error().message};
    answer.run = std::move(parsed).value();
    bound_texts(*answer.run);
  }
  if (const Json* archive = object.find("archive"); archive != object.end()) {
    auto bytes = base::from_base64(archive->get<std::string>());
    if (!bytes || bytes->size() > kArchiveBytesMax) {
      return base::Error{"key 'archive': found something else, expected base64 of at most 64 MiB"};
    }
    answer.archive = std::move(*bytes);
  }
  return answer;
}

}  // namespace

std::string job_line(const RunJob& job, Keep keep) {
  const Json line = {{kJobFormat, kJobVersion},
                     {"run", job.planned.id},
                     {"seed", job.planned.seed},
                     {"attempt", job.attempt},
                     {"purpose", name(job.planned.of->purpose)},
                     {"deadline", base::format_duration(job.deadline)},
                     {"keep", keep == Keep::kAll ? kKeepAll : kKeepFailures},
                     {"revision", base::revision()},
                     {"scenario", scenario_file_json(job.planned.of->scenario)}};
  return line.dump();
}

base::Result<Job> parse_job(std::string_view text) {
  const auto object = parse_object(text, kJobFormat, kJobBytesMax);
  if (!object) return object.error();
  try {
    return to_job(object.value());
  } catch (const base::JsonTypeError& wrong) {
    return base::Error{wrong.what()};
  }
}

std::string answer_line(const JobAnswer& answer) {
  Json line = {{kAnswerFormat, kJobVersion}, {"run", answer.run ? to_json(*answer.run) : Json()}};
  if (!answer.archive.empty()) line["archive"] = base::to_base64(answer.archive);
  return line.dump();
}

base::Result<JobAnswer> parse_answer(std::string_view text) {
  const auto object = parse_object(text, kAnswerFormat, kAnswerBytesMax);
  if (!object) return object.error();
  try {
    return to_answer(object.value());
  } catch (const base::JsonTypeError& wrong) {
    return base::Error{wrong.what()};
  }
}

LedgerRun answered_run(const RunJob& job, LedgerRun run, const std::filesystem::path& store) {
  Scenario scenario = job.planned.of->scenario;
  run.id = job.planned.id;
  run.case_name = scenario.name;
  run.purpose = job.planned.of->purpose;
  run.bug = scenario.bug;
  run.parameters = parameters_of(scenario);
  run.seed = job.planned.seed;
  run.path = job.path;
  scenario.seed = job.planned.seed;
  run.reproduce = reproduce_line(scenario, job.directory, store);
  return run;
}

}  // namespace capsize::harness
