#include "nemesis/proxy/rule_book.h"

#include <algorithm>
#include <utility>

namespace capsize::nemesis::proxy {
namespace {

Range hull(const Range& a, const Range& b) {
  return {std::min(a.least, b.least), std::max(a.most, b.most)};
}
Scope hull(const Scope& a, const Scope& b) {
  return {a.types | b.types, hull(a.term, b.term), hull(a.index, b.index)};
}

base::Instant sent_at(const wire::Header& header) {
  return base::Instant(base::Duration(header.sent_ns));
}

}  // namespace

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
    if (rule.action->is_cut() && rule.filter.is_scope()) {
      remember(state, rule.filter.scope(), now);
    }
  }
  return std::move(installed->evidence);
}

void RuleBook::remember(OfLink& link, const Scope& scope, base::Instant now) {
  link.last_healed = std::max(link.last_healed, now);
  const auto same = std::find_if(link.healed.begin(), link.healed.end(),
                                 [&](const Healed& healed) { return healed.scope == scope; });
  if (same != link.healed.end()) {
    same->at = std::max(same->at, now);
    return;
  }
  if (link.healed.size() >= kHealedMax) {
    // Bounded, and still nothing comes out too late: the two oldest become one that covers both.
    std::sort(link.healed.begin(), link.healed.end(),
              [](const Healed& a, const Healed& b) { return a.at < b.at; });
    link.healed[1].scope = hull(link.healed[0].scope, link.healed[1].scope);
    link.healed.erase(link.healed.begin());
  }
  link.healed.push_back({scope, now});
}

const Evidence* RuleBook::peek(std::uint64_t id) const {
  const auto found = rules_.find(id);
  return found == rules_.end() ? nullptr : &found->second->evidence;
}

std::vector<std::uint64_t> RuleBook::ids() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, installed] : rules_) ids.push_back(id);
  return ids;
}

const Rule* RuleBook::find(std::uint64_t id) const {
  const auto found = rules_.find(id);
  return found == rules_.end() ? nullptr : &found->second->rule;
}

bool RuleBook::is_quiet(LinkId link, const wire::Header& header) const {
  const OfLink& state = links_.at(link);
  return state.rules.empty() && sent_at(header) >= state.last_healed;
}

Judgement RuleBook::judge(LinkId link, const Message& message) {
  Judgement judgement;
  OfLink& state = links_.at(link);
  // Every matching rule is asked, also after one discarded: its random stream must not depend on
  // which other rules are installed.
  for (Installed* installed : state.rules) {
    if (!installed->rule.filter.passes(message.header, installed->random)) continue;
    ask(*installed, message, judgement);
  }
  judgement.fate.discard |= is_from_before(state, message.header);
  return judgement;
}

void RuleBook::ask(Installed& installed, const Message& message, Judgement& judgement) {
  const std::uint64_t id = installed.rule.id;
  Fate& fate = judgement.fate;
  const bool was_to_overtake = fate.overtake.has_value();
  const Effect effect = installed.rule.action->apply(message, installed.random, fate);
  installed.evidence.count_seen({message.header.from, message.header.to});
  if (effect != Effect::kNone) judgement.claims.push_back({&installed.evidence, effect});
  if (effect == Effect::kDelayed || effect == Effect::kThrottled) {
    judgement.ordered_with |= installed.rule.filter.scope().types;
  }
  if (effect == Effect::kThrottled) judgement.throttled_by = id;
  if (effect == Effect::kHeld) {
    judgement.holders.push_back(id);
    if (!installed.rule.filter.is_scope()) judgement.chosen_by.push_back(id);
  }
  if (fate.overtake && !was_to_overtake) judgement.overtake_by = id;
  if (fate.replay) judgement.replays.push_back({id, *std::exchange(fate.replay, {})});
}

bool RuleBook::is_from_before(const OfLink& link, const wire::Header& header) {
  const base::Instant sent = sent_at(header);
  if (sent >= link.last_healed) return false;
  return std::any_of(link.healed.begin(), link.healed.end(), [&](const Healed& healed) {
    return sent < healed.at && healed.scope.contains(header);
  });
}

void RuleBook::settle(LinkId link, const Judgement& judgement, bool had_room) {
  for (const auto& [evidence, effect] : judgement.claims) {
    if (judgement.fate.discard) {
      if (effect == Effect::kDiscarded) evidence->count(link, effect);
    } else if (had_room) {
      evidence->count(link, effect);
    } else if (effect == Effect::kDelayed || effect == Effect::kThrottled ||
               effect == Effect::kHeld) {
      ++evidence->overflowed;
    }
  }
}

Barrier RuleBook::barrier(LinkId link, const wire::Header& header,
                          const std::vector<std::uint64_t>& chosen_by) const {
  const OfLink& state = links_.at(link);
  Barrier barrier;
  barrier.cut = is_from_before(state, header);
  for (const Installed* installed : state.rules) {
    const Rule& rule = installed->rule;
    if (is_barrier(rule)) {
      if (!rule.filter.scope().contains(header)) continue;
      (rule.action->is_cut() ? barrier.cuts : barrier.holds).push_back(rule.id);
    } else if (std::find(chosen_by.begin(), chosen_by.end(), rule.id) != chosen_by.end()) {
      barrier.holds.push_back(rule.id);
    }
  }
  barrier.cut |= !barrier.cuts.empty();
  return barrier;
}

void RuleBook::count_stopped(std::uint64_t id, LinkId link, Parcels parcels) {
  Installed& installed = *rules_.at(id);
  const bool is_cut = installed.rule.action->is_cut();
  installed.evidence.count_seen(link, parcels.messages);
  installed.evidence.count(link, is_cut ? Effect::kDiscarded : Effect::kHeld, parcels.messages);
  installed.evidence.copies_stopped += parcels.copies;
}

void RuleBook::count_overflowed(std::uint64_t id, Parcels parcels) {
  Evidence& evidence = rules_.at(id)->evidence;
  evidence.overflowed += parcels.messages;
  evidence.copies_stopped += parcels.copies;
}

}  // namespace capsize::nemesis::proxy
