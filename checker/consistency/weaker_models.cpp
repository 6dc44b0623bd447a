#include "checker/consistency/weaker_models.h"

#include <utility>

namespace capsize::checker {

std::vector<const ConsistencyModel*> list_weaker_models() {
  return base::Registry<ConsistencyModel>::instance().list();
}

ConsistencyAnswers check_all_weaker_models(const KeyProblem& problem, const Budget& budget) {
  ConsistencyAnswers answers;
  answers.key = problem.history.keys[problem.key];
  // Each model gets an even share of the remaining time, so that a hard one leaves time for the
  // others.
  auto left = static_cast<std::int64_t>(list_weaker_models().size());
  for (const ConsistencyModel* question : list_weaker_models()) {
    const Budget share(budget.left() / left--, budget.memory_limit_bytes());
    ConsistencyAnswer answer = question->ask(problem, share);
    answer.question = question->name;
    answers.answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace capsize::checker
