#include "nemesis/plan/phases.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/units.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/model/message_filter.h"

namespace capsize::nemesis {
namespace {

using base::Json;
using Place = base::JsonPlace;

// A fault that waits for a state is given longer than one that waits for a candidate.
constexpr base::Duration kAnchorPatience = std::chrono::seconds(10);

std::string quoted(const Json& value) {
  return "found " + value.dump().substr(0, 64);
}

[[noreturn]] void invalid(const Place& place, std::string what) {
  throw InvalidValue{place, std::move(what)};
}

base::Duration duration(const Json& value, const Place& place) {
  const auto parsed =
      value.is_string() ? base::parse_duration(value.get<std::string>()) : base::Error{""};
  if (!parsed || parsed.value() > std::chrono::hours(1)) {
    invalid(place, quoted(value) + ", expected a duration such as \"500ms\", up to an hour");
  }
  return parsed.value();
}

std::string text(const Json& value, const Place& place) {
  if (!value.is_string()) invalid(place, quoted(value) + ", expected a string");
  return value.get<std::string>();
}

double probability(const Json& value, const Place& place) {
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1) {
    invalid(place, quoted(value) + ", expected a number from 0 to 1");
  }
  return value.get<double>();
}

Anchor anchor(const Json& value, const Place& place) {
  auto parsed = parse_anchor(value);
  if (!parsed) invalid(place, parsed.error().message);
  return std::move(parsed).value();
}

Target target(const Json& value, const Place& place, std::size_t nodes) {
  auto parsed = parse_target(value);
  if (!parsed) invalid(place, parsed.error().message);
  for (const Node node : parsed.value().nodes) {
    if (node >= nodes) {
      invalid(place, "found " + node_name(node) + ", expected n1 to " + node_name(nodes - 1));
    }
  }
  return std::move(parsed).value();
}

template <class Object>
using Setters = std::map<std::string, std::function<void(Object&, const Json&, const Place&)>>;

/// Calls the setter of each key; an unknown key is a misfit that lists the known ones.
template <class Object>
void set_all(Object& object, const Json& value, const Place& place,
             const Setters<Object>& setters) {
  if (!value.is_object()) invalid(place, quoted(value) + ", expected an object");
  for (const auto& [key, item] : value.items()) {
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      std::string known;
      for (const auto& [name, unused] : setters) known += (known.empty() ? "" : ", ") + name;
      invalid(place / key, "unknown key, expected one of: " + known);
    }
    setter->second(object, item, place / key);
  }
}

struct Drawn {
  PlannedFault fault;
  double probability = 1;
  std::size_t nodes = 0;
  bool patient = false;
};

void set_hold(FaultSpec& spec, const Json& value, const Place& place) {
  const bool range = value.is_array() && value.size() == 2;
  spec.hold_min = duration(range ? value[0] : value, range ? place / 0 : place);
  spec.hold_max = duration(range ? value[1] : value, range ? place / 1 : place);
  if (spec.hold_min > spec.hold_max) invalid(place, "the shortest hold is above the longest");
}

const Setters<Drawn>& fault_setters() {
  static const Setters<Drawn> setters = {
      {"kind", [](Drawn&, const Json&, const Place&) {}},  // read first, it has the defaults
      {"target", [](Drawn& d, const Json& v,
                    const Place& p) { d.fault.spec.target = target(v, p, d.nodes); }},
      {"peers",
       [](Drawn& d, const Json& v, const Place& p) { d.fault.spec.peers = target(v, p, d.nodes); }},
      {"params", [](Drawn& d, const Json& v, const Place&) { d.fault.spec.params = v; }},
      {"only", [](Drawn& d, const Json& v, const Place&) { d.fault.spec.only = v; }},
      {"label", [](Drawn& d, const Json& v, const Place& p) { d.fault.spec.label = text(v, p); }},
      {"when", [](Drawn& d, const Json& v, const Place& p) { d.fault.when = anchor(v, p); }},
      {"after", [](Drawn& d, const Json& v, const Place& p) { d.fault.at = duration(v, p); }},
      {"hold", [](Drawn& d, const Json& v, const Place& p) { set_hold(d.fault.spec, v, p); }},
      {"until", [](Drawn& d, const Json& v, const Place& p) { d.fault.until = anchor(v, p); }},
      {"within",
       [](Drawn& d, const Json& v, const Place& p) {
         d.fault.patience = duration(v, p);
         d.patient = true;
       }},
      {"probability",
       [](Drawn& d, const Json& v, const Place& p) { d.probability = probability(v, p); }},
      {"beyond-minority",
       [](Drawn& d, const Json& v, const Place& p) {
         if (!v.is_boolean()) invalid(p, quoted(v) + ", expected true or false");
         d.fault.spec.beyond_minority = v.get<bool>();
       }},
  };
  return setters;
}

const FaultKind& kind_of(const Json& value, const Place& place) {
  if (!value.is_object()) invalid(place, quoted(value) + ", expected an object");
  if (!value.contains("kind")) invalid(place, "a fault without a kind");
  const auto& name = value["kind"];
  const FaultKind* kind = name.is_string() ? FaultKinds::instance().find(name.text()) : nullptr;
  if (kind == nullptr) {
    invalid(place / "kind", quoted(name) + ", expected one of: " + FaultKinds::instance().names());
  }
  return *kind;
}

Drawn parse_fault(const Json& value, const Place& place, std::size_t nodes) {
  const FaultKind& kind = kind_of(value, place);
  Drawn drawn{.nodes = nodes};
  drawn.fault.spec = kind.spec();
  set_all(drawn, value, place, fault_setters());
  const FaultSpec& spec = drawn.fault.spec;
  if (const auto fine = check(kind.parameters(), spec.params); !fine) {
    invalid(place / "params", fine.error().message);
  }
  for (const char* key : {"only", "peers"}) {
    if (value.contains(key) && !kind.on_links()) {
      invalid(place / key, "only faults on links have it, not " + spec.kind);
    }
  }
  if (const auto fine = check_only(spec.only); !fine) {
    invalid(place / "only", fine.error().message);
  }
  if (drawn.fault.when && !drawn.patient) drawn.fault.patience = kAnchorPatience;
  return drawn;
}

struct Draft {
  PhasePlan plan;
  std::size_t nodes = 0;
};

void set_faults(Draft& draft, const Json& value, const Place& place) {
  if (!value.is_array() || value.size() > kFaultsPerPhaseMax) {
    invalid(place, "expected a list of at most " + std::to_string(kFaultsPerPhaseMax) + " faults");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    Drawn drawn = parse_fault(value[i], place / i, draft.nodes);
    draft.plan.phase.faults.push_back(std::move(drawn.fault));
    draft.plan.probabilities.push_back(drawn.probability);
  }
}

const Setters<Draft>& phase_setters() {
  static const Setters<Draft> setters = {
      {"name", [](Draft& d, const Json& v, const Place& p) { d.plan.phase.name = text(v, p); }},
      {"when", [](Draft& d, const Json& v, const Place& p) { d.plan.phase.when = anchor(v, p); }},
      {"until", [](Draft& d, const Json& v, const Place& p) { d.plan.phase.until = anchor(v, p); }},
      {"at-most",
       [](Draft& d, const Json& v, const Place& p) { d.plan.phase.at_most = duration(v, p); }},
      {"faults", set_faults},
      {"repeat",
       [](Draft& d, const Json& v, const Place& p) {
         if (!v.is_unsigned() || v.get<std::uint64_t>() < 1 ||
             v.get<std::uint64_t>() > kRepeatMax) {
           invalid(p, quoted(v) + ", expected a whole number from 1 to 1000000");
         }
         d.plan.repeat = v.get<std::uint64_t>();
       }},
  };
  return setters;
}

/// Labels that are spoken of must be given to some fault.
void check_labels(const std::vector<PhasePlan>& phases, const Place& place) {
  std::set<std::string> given;
  for (const auto& plan : phases) {
    for (const auto& fault : plan.phase.faults) given.insert(fault.spec.label);
  }
  const auto known = [&](const std::string& label, const Place& where) {
    if (!label.empty() && !given.contains(label)) {
      invalid(where, "found label \"" + label + "\", expected the label of a fault");
    }
  };
  const auto spoken = [&](const std::optional<Anchor>& anchor, const Place& where) {
    if (anchor && anchor->event == "fault") known(anchor->params.value("label", ""), where);
  };
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    spoken(phase.when, place / i / "when");
    spoken(phase.until, place / i / "until");
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const Place at = place / i / "faults" / k;
      known(fault.spec.target.fault, at / "target");
      if (fault.spec.peers) known(fault.spec.peers->fault, at / "peers");
      spoken(fault.when, at / "when");
      spoken(fault.until, at / "until");
    }
  }
}

class Play final : public Script {
 public:
  Play(std::vector<PhasePlan> phases, std::uint64_t repeat)
      : phases_(std::move(phases)), rounds_left_(repeat) {}

  std::optional<Phase> next(const Situation&, base::Prng& prng) override {
    if (phases_.empty() || rounds_left_ == 0) return std::nullopt;
    const PhasePlan& plan = phases_[current_];
    Phase phase = plan.phase;
    phase.number = current_ + 1;
    phase.faults.clear();
    for (std::size_t i = 0; i < plan.phase.faults.size(); ++i) {
      if (!prng.chance(plan.probabilities[i])) continue;
      PlannedFault fault = plan.phase.faults[i];
      fault.hold = prng.between(fault.spec.hold_min, fault.spec.hold_max);
      fault.spec.planned_by = phase.name.empty() ? "phases" : phase.name;
      phase.faults.push_back(std::move(fault));
    }
    advance(plan.repeat);
    return phase;
  }

  [[nodiscard]] std::vector<std::string> phase_names() const override {
    std::vector<std::string> names;
    for (const auto& plan : phases_) {
      const std::string number = "phase " + std::to_string(names.size() + 1);
      names.push_back(plan.phase.name.empty() ? number : number + " (" + plan.phase.name + ")");
    }
    return names;
  }

 private:
  void advance(std::uint64_t repeat) {
    if (++played_ < repeat) return;
    played_ = 0;
    if (++current_ < phases_.size()) return;
    current_ = 0;
    --rounds_left_;
  }
  std::vector<PhasePlan> phases_;
  std::uint64_t rounds_left_;
  std::size_t current_ = 0;
  std::uint64_t played_ = 0;  // of the current phase
};

}  // namespace

ParsedPhases parse_phases(const Json& value, std::size_t nodes, Labels labels) {
  ParsedPhases parsed;
  try {
    if (!value.is_array() || value.size() > kPhasesMax) {
      invalid(Place(), "expected a list of at most " + std::to_string(kPhasesMax) + " phases");
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      Draft draft{.nodes = nodes};
      set_all(draft, value[i], Place() / i, phase_setters());
      parsed.phases.push_back(std::move(draft.plan));
    }
    if (labels == Labels::kGivenHere) check_labels(parsed.phases, Place());
  } catch (const InvalidValue& invalid) {
    parsed.invalid = invalid;
  }
  return parsed;
}

std::unique_ptr<Script> play(std::vector<PhasePlan> phases, std::uint64_t repeat) {
  return std::make_unique<Play>(std::move(phases), repeat);
}

}  // namespace capsize::nemesis
