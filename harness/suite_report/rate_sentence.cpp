#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/suite_report/rates.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

/// The test adds 0.0000001 to each p-value (sequential_test.cpp), so smaller ones mean nothing.
constexpr double kPShownMin = 1e-6;

/// "1,000".
std::string grouped(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

/// Two digits that count: "24", "8.6", "0.31"; "0".
std::string two_digits(double value) {
  if (value <= 0) return "0";
  // The rounded value, so that 9.96 has no decimals.
  const double exponent = std::floor(std::log10(value) + 0.0022);
  return fmt::format("{:.{}f}", value, std::max(0, 1 - static_cast<int>(exponent)));
}

std::string percent(double share) {
  return two_digits(100 * share);
}

double share_of(const Share& share) {
  return share.runs == 0 ? 0 : static_cast<double>(share.failed) / static_cast<double>(share.runs);
}

std::string p_text(double p) {
  if (p < kPShownMin) return "p < 0.000001";
  return p >= 0.995 ? "p = 1" : "p = " + two_digits(p);
}

}  // namespace

std::string rate_sentence(const GroupRate& rate) {
  const bool tested = rate.verdict != RateVerdict::kNoBaseline;
  std::string text = fmt::format("{}{} of {} {} failed ({} %, 95 % interval {} to {} %), ",
                                 tested ? fmt::format("{}: ", name(rate.verdict)) : "",
                                 grouped(rate.now.failed), grouped(rate.now.runs),
                                 rate.now.runs == 1 ? "run" : "runs", percent(share_of(rate.now)),
                                 percent(rate.interval.low), percent(rate.interval.high));
  if (!tested) return text + fmt::format("0 of {} before", grouped(rate.before.runs));
  text += fmt::format("before {} of {} ({} %); {} after {}", grouped(rate.before.failed),
                      grouped(rate.before.runs), percent(share_of(rate.before)),
                      p_text(rate.p_adjusted), counted(rate.looks, "look"));
  if (rate.tests > 1) text += fmt::format(", corrected for {} groups", rate.tests);
  if (rate.undecided) text += "; undecided";
  return text;
}

}  // namespace capsize::harness
