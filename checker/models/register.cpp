// register: read and write.
#include "checker/explain/clash_choice.h"
#include "checker/explain/explainers.h"
#include "checker/models/register_operations.h"
#include "checker/registers/distinct_register.h"

namespace capsize::checker {
namespace {

const ModelRegistrar kRegistrar({
    .name = "register",
    .summary = "a single value: read, write",
    .generalised_by = {"cas-register", "kv"},
    .functions = {"read", "write"},
    .deciders = {{&kDistinctRegister, &choose_clash}},
    .explainers = {{&explain_register}, {&explain_value_count}, {&explain_by_moment}},
    .decode = &decode_register_operation,
    .plausible = nullptr,
    .initial = &initial_register,
    .step = &step_register,
    .needs = &register_needs,
});

}  // namespace
}  // namespace capsize::checker
