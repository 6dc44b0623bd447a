#include "checker/weaker/weaker.h"

#include <utility>

#include "checker/registry.h"

namespace capsize::checker {

std::span<const WeakerQuestion* const> list_weaker_questions() {
  return Registry<WeakerQuestion>::instance().items();
}

WeakerAnswers ask_weaker_questions(const KeyProblem& problem, const Budget& budget) {
  WeakerAnswers answers;
  answers.key = problem.history.keys[problem.key];
  for (const WeakerQuestion* question : list_weaker_questions()) {
    WeakerAnswer answer = question->ask(problem, budget);
    answer.question = question->name;
    answers.answers.push_back(std::move(answer));
  }
  return answers;
}

WeakerRegistrar::WeakerRegistrar(WeakerQuestion question) {
  Registry<WeakerQuestion>::instance().add(std::move(question));
}

}  // namespace capsize::checker
