// The page around the data: what a browser shows before its script has run, the data, the script.
#include <fmt/core.h>

#include <charconv>
#include <exception>

#include "base/base64.h"
#include "harness/page/page_text.h"
#include "harness/page/run_page.h"
#include "harness/report/explanation_page.h"
#include "harness/store/run_directory.h"
#include "pages/embedded.h"

namespace capsize::harness {
namespace {

using base::Json;

std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 2 <= digits.size(); at += 2) {
    unsigned byte = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

/// JSON inside a script element: no text in it can end the element or begin a comment.
std::string script_json(const Json& data) {
  std::string text;
  for (const char c : data.dump()) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

/// What remains without JavaScript: the sentence, the answers, the checks, how to reproduce it.
std::string plain_content(const Json& data) {
  std::string text = fmt::format("<h1>{}</h1>\n", escape_html(text_in(data, "sentence")));
  const Json& run = data["run"];
  text += fmt::format("<p>{}: {}</p>\n<ul>\n", escape_html(text_in(run, "scenario")),
                      escape_html(text_in(run, "verdict")));
  for (const Json& check : data["checks"]) {
    text += fmt::format("<li>{}: {} {}</li>\n", escape_html(text_in(check, "name")),
                        escape_html(text_in(check, "verdict")),
                        escape_html(text_in(check, "explanation")));
  }
  text += "</ul>\n";
  const std::string reproduce = text_in(run, "reproduce");
  if (!reproduce.empty()) {
    text += fmt::format("<p>reproduce: <code>{}</code></p>\n", escape_html(reproduce));
  }
  return text;
}

/// Only the script with this hash runs, and nothing is loaded from anywhere.
std::string head(const Json& data) {
  const Json& run = data["run"];
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src 'sha256-{}'; style-src 'unsafe-inline'; worker-src blob:; img-src data:; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<title>{}: {}</title>\n<style>\n{}\n</style>\n</head>\n",
      base::to_base64(bytes_of_hex(embedded::report_script_sha256())),
      escape_html(text_in(run, "scenario")), escape_html(text_in(run, "verdict")),
      embedded::report_style());
}

}  // namespace

std::string html_of(const RunPage& page) {
  std::string html = head(page.data);
  html += "<body>\n<main id=\"page\">\n" + plain_content(page.data) + "</main>\n";
  html += "<script type=\"application/json\" id=\"run\">" + script_json(page.data) + "</script>\n";
  for (const auto& [name, text] : page.blocks) {
    html += "<script type=\"text/plain\" id=\"block-" + name + "\">" + text + "</script>\n";
  }
  // The hash is that of everything between the tags.
  html += "<script>" + std::string(embedded::report_script()) + "</script>\n</body>\n</html>\n";
  return html;
}

base::Status write_report(const std::filesystem::path& run_directory) {
  // A run is judged by then: whatever goes wrong here must not change that.
  try {
    const auto page = page_of(run_directory);
    if (!page) return page.error();
    return write_file(run_directory / kReportFile, html_of(page.value()));
  } catch (const std::exception& unexpected) {
    return base::Error{unexpected.what()};
  }
}

}  // namespace capsize::harness
