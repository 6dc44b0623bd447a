#include "harness/live/history_tally.h"

#include <charconv>

namespace capsize::harness {
namespace {

constexpr auto kTenth = std::chrono::milliseconds(100);
constexpr std::size_t kTenthsMax = 50;

/// What follows a key; empty if the line does not have it. A text in the line cannot contain the
/// key: its quotation marks would be escaped.
std::string_view after(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  return at == line.npos ? std::string_view() : line.substr(at + key.size());
}

void count(OutcomeCounts& counts, std::string_view type) {
  if (type.starts_with("ok\"")) ++counts.ok;
  if (type.starts_with("fail\"")) ++counts.fail;
  if (type.starts_with("info\"")) ++counts.info;
}

void add_to(std::map<std::uint64_t, OutcomeCounts>& bins, std::uint64_t bin, std::string_view type,
            std::size_t bins_max) {
  count(bins[bin], type);
  while (bins.size() > bins_max) bins.erase(bins.begin());
}

}  // namespace

void HistoryTally::add(std::string_view line) {
  const auto type = after(line, "\"type\":\"");
  if (type.empty() || after(line, "\"process\":").starts_with("\"nemesis\"")) return;
  const auto digits = after(line, "\"time\":");
  std::int64_t time = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), time);
  const base::Duration at(std::max<std::int64_t>(time, 0));
  newest_ = std::max(newest_, at);
  if (type.starts_with("invoke\"")) {
    ++invocations_;
    return;
  }
  count(total_, type);
  add_to(seconds_, static_cast<std::uint64_t>(at / std::chrono::seconds(1)), type,
         RunWatch::kRateHistoryMax);
  add_to(tenths_, static_cast<std::uint64_t>(at / kTenth), type, kTenthsMax);
}

std::uint64_t HistoryTally::open() const {
  const auto completed = total_.ok + total_.fail + total_.info;
  return invocations_ > completed ? invocations_ - completed : 0;
}

OutcomeCounts HistoryTally::second_before(base::Duration end) const {
  OutcomeCounts sum;
  const auto last = static_cast<std::uint64_t>(std::max(end, base::Duration::zero()) / kTenth);
  for (auto bin = tenths_.lower_bound(last < 10 ? 0 : last - 9);
       bin != tenths_.end() && bin->first <= last; ++bin) {
    sum.ok += bin->second.ok;
    sum.fail += bin->second.fail;
    sum.info += bin->second.info;
  }
  return sum;
}

void HistoryTally::write_seconds(RunSnapshot& snapshot) const {
  snapshot.seconds.clear();
  if (seconds_.empty()) return;
  const auto last = seconds_.rbegin()->first;
  const auto oldest = last >= RunWatch::kRateHistoryMax ? last - RunWatch::kRateHistoryMax + 1 : 0;
  snapshot.first_second = std::max(seconds_.begin()->first, oldest);
  for (auto second = snapshot.first_second; second <= last; ++second) {
    const auto found = seconds_.find(second);  // a second without completions has no bin
    snapshot.seconds.push_back(found == seconds_.end() ? OutcomeCounts{} : found->second);
  }
}

}  // namespace capsize::harness
