#include "serve/site.h"

#include <algorithm>
#include <charconv>

#include "base/printable.h"
#include "harness/cluster/clock.h"
#include "pages/embedded.h"
#include "serve/gate/headers.h"
#include "serve/run_details.h"

namespace capsize::serve {
namespace {

using base::Json;

constexpr std::string_view kShell =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Capsize</title>\n<link rel=\"icon\" href=\"data:,\">\n"
    "<link rel=\"stylesheet\" href=\"/serve.css\">\n<script src=\"/serve.js\" defer></script>\n"
    "</head>\n<body>\n<div id=\"app\"></div>\n"
    "<noscript>The pages of capsize serve need JavaScript.</noscript>\n</body>\n</html>\n";

Response page(std::string_view type, std::string_view body) {
  Response response = response_with(type, kPagePolicy);
  response.body = std::string(body);
  return response;
}

Response json(const Json& content) {
  Response response = response_with("application/json", kFilePolicy);
  response.body = content.dump();
  return response;
}

/// What cannot be read is an answer, too: the page shows the sentence.
Response json(const base::Result<Json>& content) {
  if (!content) return json(Json::object({{"error", base::printable(content.error().message)}}));
  return content.value().is_null() ? refusal(404) : json(content.value());
}

std::optional<std::uint64_t> number_of_text(const std::string& text) {
  std::uint64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// As one word of a shell's command line.
std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '/' || is_name(std::string("x") + c);
  });
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace

Response Site::answer(const Request& request) {
  if (auto ended = gate_.answer(request)) return *std::move(ended);
  const auto target = parse_target(request.target);
  if (!target) return refusal(404);
  const auto& path = target->path;
  if (path.empty()) return page("text/html; charset=utf-8", kShell);
  if (path.size() == 1 && path[0] == "serve.js") {
    return page("text/javascript; charset=utf-8", embedded::serve_script());
  }
  if (path.size() == 1 && path[0] == "serve.css") {
    return page("text/css; charset=utf-8", embedded::serve_style());
  }
  if (path[0] == "api") return data(*target);
  if (path[0] == "file" && path.size() >= 4) return download(*target);
  if (path[0] == "report" && path.size() == 3) return report({path[1], path[2]});
  return refusal(404);
}

Response Site::data(const Target& target) {
  const auto now = harness::monotonic_now();
  live_.forget_unused(now);
  const auto& path = target.path;
  const std::string what = path.size() > 1 ? path[1] : "";
  if (what == "runs" && path.size() == 2) {
    return json(runs_.page({.scenario = target.value("scenario"),
                            .verdict = target.value("verdict"),
                            .signature = target.value("signature"),
                            .text = target.value("text"),
                            .before = target.value("before")},
                           now));
  }
  if (what == "run" && path.size() == 4) return run({path[2], path[3]});
  if (what == "live" && path.size() == 4) {
    const auto snapshot = live_.snapshot({path[2], path[3]}, now);
    return snapshot ? json(*snapshot) : refusal(404);
  }
  if (what == "suites" && path.size() == 2) return json(suites_.list());
  // A suite's name is a text of the ledger, so it is a value of the query, not a name of the path.
  if (what == "suite" && path.size() == 2) {
    return json(suites_.suite(target.value("suite"), number_of_text(target.value("night"))));
  }
  if (what == "trends" && path.size() == 2) {
    return json(suites_.trends(target.value("suite"), runs_.cache(), now));
  }
  return refusal(404);
}

Response Site::run(const RunName& name) {
  const auto directory = open_run(store_, name);
  if (!directory) return refusal(404);
  Json details = run_details(*directory, name.name);
  const std::string place = store_path_ + "/" + name.scenario + "/" + name.name;
  details["scenarioName"] = name.scenario;
  details["name"] = name.name;
  details["directory"] = base::printable(shell_word(place));
  return json(details);
}

Response Site::download(const Target& target) const {
  const RunName name{target.path[1], target.path[2]};
  std::string path;
  for (auto part = target.path.begin() + 3; part != target.path.end(); ++part) {
    path += (path.empty() ? "" : "/") + *part;
  }
  const auto directory = open_run(store_, name);
  auto file = directory && is_served(path) ? directory->file(path) : std::nullopt;
  if (!file) return refusal(404);
  // Never shown by the browser: it is data of a run, whatever it looks like. The name needs no
  // escapes, since it is_name().
  Response response = response_with("application/octet-stream", kFilePolicy);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name.scenario +
                                                           "-" + name.name + "-" +
                                                           target.path.back() + "\"");
  response.file = std::move(file);
  return response;
}

Response Site::report(const RunName& name) const {
  const auto directory = open_run(store_, name);
  auto file = directory ? directory->file("report.html") : std::nullopt;
  if (!file) return refusal(404);
  Response response = response_with("text/html; charset=utf-8", kReportPolicy);
  response.file = std::move(file);
  return response;
}

}  // namespace capsize::serve
