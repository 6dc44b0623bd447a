// Words and numbers as the reports of a suite print them, and the escapes of their formats.
//
// Every text of a ledger is hostile: it comes from the system under test, from file names, or from
// a machine that was short of memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace capsize::harness {

/// "1 run", "3 runs".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

/// Rounded to what a person reads: "0.4 s", "11 s", "4 min 12 s", "3 h 58 min". "0 s" for what is
/// no positive number.
[[nodiscard]] std::string rounded_seconds(double seconds);

/// One printable line (base::printable) of at most `bytes_max` bytes, cut between characters, with
/// " …" at its end if it was longer.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t bytes_max);

/// "partition 3, kill 1": the most frequent first, then by name.
[[nodiscard]] std::string counts_text(const std::map<std::string, std::size_t>& counts);

/// The command `capsize VERB` on a run directory, quoted for a shell; `store` may be empty.
[[nodiscard]] std::string command_on_run(std::string_view verb, const std::filesystem::path& store,
                                         const std::string& run_path);

/// The path of a run's evidence.json (docs/FORMATS.md, Evidence); empty if it has no directory.
[[nodiscard]] std::string evidence_of(const std::filesystem::path& store,
                                      const std::string& run_path);

/// Text for an XML 1.0 element: characters that XML forbids and bytes that are not UTF-8 become
/// U+FFFD, and markup is escaped.
[[nodiscard]] std::string xml_text(std::string_view text);
/// The same for an attribute in double quotes; line feeds and tabs are kept as references.
[[nodiscard]] std::string xml_attribute(std::string_view text);

/// Text for a Markdown paragraph or table cell: one line, in which no character begins markup, a
/// cell, a mention, a reference to an issue or a link.
[[nodiscard]] std::string markdown_text(std::string_view text, std::size_t bytes_max);
/// The same as a code span, also inside a table.
[[nodiscard]] std::string markdown_code(std::string_view text, std::size_t bytes_max);

}  // namespace capsize::harness
