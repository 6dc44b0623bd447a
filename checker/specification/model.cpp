#include "checker/specification/model.h"

namespace capsize::checker {
std::vector<const Model*> list_models() {
  return base::Registry<Model>::instance().list();
}

const Model* find_model(std::string_view name) {
  return base::Registry<Model>::instance().find(name);
}

}  // namespace capsize::checker
