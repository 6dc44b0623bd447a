#include "checker/models/model.h"

#include <utility>

#include "checker/registry.h"

namespace capsize::checker {
std::span<const Model* const> list_models() {
  return Registry<Model>::instance().items();
}

const Model* find_model(std::string_view name) {
  return Registry<Model>::instance().find(name);
}

ModelRegistrar::ModelRegistrar(Model model) {
  Registry<Model>::instance().add(std::move(model));
}

}  // namespace capsize::checker
