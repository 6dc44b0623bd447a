#include "nemesis/proxy/rule_book.h"

#include <algorithm>

namespace capsize::nemesis::proxy {

RuleBook::RuleBook(const std::set<LinkId>& links, std::uint64_t seed) : seed_(seed) {
  for (const LinkId& link : links) links_.emplace(link, OfLink{});
}

base::Status RuleBook::install(Rule rule) {
  CHECK(rule.action != nullptr, "a rule has an action");
  if (rules_.contains(rule.id)) return base::Error{"a rule of this id is installed already"};
  if (rules_.size() >= kRulesMax) return base::Error{"too many rules"};
  for (const LinkId& link : rule.links) {
    if (!links_.contains(link)) {
      return base::Error{"no such link: " + wire::node_name(link.from) + " to " +
                         wire::node_name(link.to)};
    }
  }
  const std::uint64_t id = rule.id;
  auto installed = std::make_unique<Installed>(
      Installed{std::move(rule), base::Prng::stream(seed_, "proxy-rule", id), {}});
  for (const LinkId& link : installed->rule.links) {
    links_.at(link).rules.push_back(installed.get());
    installed->evidence.links.emplace(link, Evidence::OfLink{});
  }
  rules_.emplace(id, std::move(installed));
  return {};
}

std::optional<Evidence> RuleBook::remove(std::uint64_t id, base::Instant now) {
  const auto found = rules_.find(id);
  if (found == rules_.end()) return std::nullopt;
  const std::unique_ptr<Installed> installed = std::move(found->second);
  rules_.erase(found);
  const Rule& rule = installed->rule;
  for (const LinkId& link : rule.links) {
    OfLink& state = links_.at(link);
    std::erase(state.rules, installed.get());
    if (!rule.action->is_cut()) continue;
    for (std::size_t type = 0; type < rule.types.size(); ++type) {
      if (rule.types[type]) state.healed[type] = std::max(state.healed[type], now);
    }
  }
  return std::move(installed->evidence);
}

std::vector<std::uint64_t> RuleBook::ids() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, installed] : rules_) ids.push_back(id);
  return ids;
}

Judgement RuleBook::judge(LinkId link, const wire::Header& header) {
  Judgement judgement;
  const auto type = static_cast<std::size_t>(header.type);
  OfLink& state = links_.at(link);
  // Every matching rule is asked, also after one discarded: its random stream must not depend on
  // which other rules are installed.
  for (Installed* installed : state.rules) {
    if (!installed->rule.types[type]) continue;
    Evidence& evidence = installed->evidence;
    Evidence::OfLink& of_link = evidence.links.at(link);
    ++evidence.seen;
    ++of_link.seen;
    switch (installed->rule.action->apply(header, installed->random, judgement.fate)) {
      case Effect::kNone:
        break;
      case Effect::kDiscarded:
        ++evidence.discarded;
        ++of_link.discarded;
        break;
      case Effect::kDelayed:
        ++evidence.delayed;
        judgement.ordered_with |= installed->rule.types;
        break;
      case Effect::kDuplicated:
        ++evidence.duplicated;
        break;
    }
  }
  CHECK(!judgement.fate.copies.empty() && judgement.fate.copies.size() <= kCopiesMax,
        "a message has from one to kCopiesMax copies");
  const base::Instant sent{base::Duration(header.sent_ns)};
  if (sent < state.healed[type]) judgement.fate.discard = true;
  return judgement;
}

void RuleBook::count_held_discard(std::uint64_t id, LinkId link) {
  Evidence& evidence = rules_.at(id)->evidence;
  Evidence::OfLink& of_link = evidence.links.at(link);
  ++evidence.seen;
  ++evidence.discarded;
  ++of_link.seen;
  ++of_link.discarded;
}

}  // namespace capsize::nemesis::proxy
